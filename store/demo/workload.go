package demo

// workload is a service principal or a managed identity, which signs in without a person.
type workload struct {
	name, id string
	appID    string
	owner    string // tenant of the application
	network  *network
	targets  [3]*resource
	credential
	failing outcome // the outcome of all its sign-ins; 0 for most
	agent   bool
	hiddenP bool // its place is unknown
	msi     string
	ordinal uint64
}

// credential is the proof of a service principal.
type credential struct {
	kind       string // clientCredentialType
	key        string
	thumbprint string
	federated  string
}

// exportJob is the service principal with the expired secret.
const exportJob = "Quay Nightly Export"

var (
	serviceJobs  = []string{"Backup", "Sync", "Report", "Mailer", "Monitor", "Import", "Archive", "Signer", "Indexer", "Bridge"}
	serviceHomes = []string{"Harbour", "Lantern", "Tide", "Beacon", "Anchor", "Compass"}
	machineKinds = []string{"aks-agentpool", "func-orders", "vm-build", "app-portal", "logic-invoices", "adf-nightly", "acr-pull", "vmss-render"}
	machineAreas = []string{"northeurope", "westeurope", "canadacentral", "southeastasia", "norwayeast"}
)

func makeServices(resources []resource) []workload {
	list := make([]workload, 60)
	for i := range list {
		h := mix(idWorkload, uint64(i))
		w := &list[i]
		*w = workload{
			ordinal: uint64(i), id: guidOf(h).String(), appID: guidOf(mix(h, 1)).String(), owner: tenantID, network: cloudWest,
			name:    serviceHomes[i%len(serviceHomes)] + " " + serviceJobs[i/len(serviceHomes)],
			targets: [3]*resource{&resources[share(mix(h, 2), 12)], &resources[0], &resources[5]},
		}
		if i == 0 {
			w.name = exportJob
		}
		if i%3 == 0 {
			w.network = cloudMid
		}
		switch {
		case i%7 == 0:
			w.owner = vendorTenant
		case i%10 == 9:
			w.owner = microsoftTenant
		}
		w.hiddenP = i%9 == 4
		w.agent = i%20 == 11
		w.credential = makeCredential(i, h)
		switch i {
		case 17:
			w.failing = badSecret
		case 33:
			w.failing = badAssertion
		}
	}
	return list
}

func makeCredential(i int, h uint64) credential {
	c := credential{kind: "clientSecret", key: guidOf(mix(idCredential, h)).String()}
	switch {
	case i == 0 || i == 17:
	case i%4 == 1:
		c.kind = "clientAssertion"
		c.thumbprint = thumbprint(h)
	case i%4 == 2:
		c.kind = "certificate"
		c.thumbprint = thumbprint(h)
	case i%8 == 3:
		c = credential{kind: "federatedIdentityCredential", federated: guidOf(mix(idCredential, h, 2)).String()}
	}
	return c
}

func thumbprint(h uint64) string {
	const digits = "0123456789ABCDEF"
	r := random{h}
	b := make([]byte, 40)
	for i := range b {
		b[i] = digits[r.below(16)]
	}
	return string(b)
}

func makeMachines(resources []resource) []workload {
	list := make([]workload, 40)
	for i := range list {
		h := mix(idWorkload, 1000+uint64(i))
		kind, area := machineKinds[i%len(machineKinds)], machineAreas[i/len(machineKinds)]
		name := kind + "-" + area
		path := "/subscriptions/" + guidOf(mix(idWorkload, 2000+uint64(i%3))).String() + "/resourcegroups/rg-" + area +
			"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/" + name
		kindName, token, issuer := "userAssigned", "", ""
		switch {
		case i%2 == 0:
			kindName = "systemAssigned"
			path = "/subscriptions/" + guidOf(mix(idWorkload, 2000+uint64(i%3))).String() + "/resourcegroups/rg-" + area +
				"/providers/Microsoft.Compute/virtualMachines/" + name
		case i%8 == 3:
			token, issuer = guidOf(mix(h, 5)).String(), "https://issuer.tidewater-lantern.example/"
		}
		list[i] = workload{
			ordinal: 1000 + uint64(i), name: name, id: guidOf(h).String(), appID: guidOf(mix(h, 1)).String(), owner: tenantID,
			targets: [3]*resource{&resources[4], &resources[4+share(mix(h, 2), 6)], &resources[5]},
			msi: `"managedServiceIdentity":{"msiType":"` + kindName + `","associatedResourceId":` + quoted(path) +
				`,"federatedTokenId":"` + token + `","federatedTokenIssuer":"` + issuer + `"},`,
			credential: credential{kind: "managedIdentity"},
		}
		if i == 21 {
			list[i].failing = noResource
		}
	}
	return list
}
