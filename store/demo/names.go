package demo

// Invented first names, and surnames put together from words. 60 x 60 pairs are enough for 2,000 different people.
var firstNames = []string{
	"Alba", "Anselm", "Åse", "Aurelio", "Beatrix", "Birk", "Briony", "Casper", "Celeste", "Clementine",
	"Corin", "Dahlia", "Dario", "Delphine", "Edmund", "Elowen", "Emeka", "Esme", "Fabian", "Farah",
	"Felicity", "Flora", "Gaspard", "Greta", "Hana", "Hugo", "Ida", "Imogen", "Ines", "Isidore",
	"Jasper", "João", "Kaia", "Kenji", "Laszlo", "Leonie", "Linus", "Lucia", "Magnus", "Maren",
	"Mei", "Milo", "Nadia", "Nils", "Odette", "Oskar", "Paloma", "Piers", "Priya", "Quentin",
	"Rosalind", "Rui", "Selma", "Silas", "Tamsin", "Theo", "Una", "Viggo", "Yara", "Zoë",
}

var lastNames = []string{
	"Applecross", "Ashlantern", "Barleymow", "Bellweather", "Birchwhistle", "Bramblefoot", "Brightkettle", "Candlewick", "Clovermere", "Copperfen",
	"Cricklewick", "Daffodown", "Dewlantern", "Dovetailor", "Eiderbank", "Elderbrook", "Fablebury", "Featherlow", "Fennelworth", "Fiddlehaven",
	"Foxmantle", "Gallowglade", "Gingerfield", "Goosequill", "Greenhollow", "Hazelwhit", "Honeybarrow", "Inkberry", "Ivorytide", "Juniperley",
	"Kestrelmoor", "Kindlewood", "Lanternby", "Larkhollow", "Lavenderry", "Linnetwood", "Mapledown", "Marshlight", "Mistlethorn", "Moonharrow",
	"Nettlecombe", "Nightjarrow", "Oatmeadow", "Owlsbarrow", "Paperbirch", "Pebbleshore", "Pipistrell", "Quillbrook", "Rainwhistle", "Rookanvil",
	"Saltmeadow", "Silverthaw", "Snowbunting", "Sparrowdell", "Tallowmere", "Teaselbank", "Thimbleton", "Umberfield", "Willowmast", "Wrenfeather",
}

// The people of the stories and of the demo accounts, by site and place in it.
var named = map[string][][2]string{
	"Bergen": {
		{"Ada", "Lanternwright"},
		{"Gideon", "Brightwater"},
		{"Saffron", "Wexmoon"},
		{"Ottoline", "Driftwood"},
		{"Percival", "Inkwell"},
		{"Marigold", "Stormlatch"},
		{"Juniper", "Fernweather"},
		{"Bram", "Kettlewick"},
		{"Wilhelmina", "Pennyfeather"},
	},
	"Porto":               {{"Caspian", "Quillmarch"}},
	"Toronto":             {{"Orla", "Thistledown"}},
	"Rotterdam warehouse": {{"Rufus", "Cratehook"}},
	"Guests":              {{"Tobias", "Kestrelwing"}},
}
