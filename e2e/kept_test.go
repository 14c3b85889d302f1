//go:build e2e

package e2e

// keptPages are the panels of what the portal remembers of a person.
func keptPages(p pictures) {
	p.signIn(administrator)
	open := func(name, path, hook string) {
		p.t.Helper()
		p.goTo(path)
		p.must(p.hook(hook).Locator("summary").First().Click())
		p.shot(name)
	}
	open("columns", "/logs/interactive", "columns")
	open("columns-legacy", "/logs/legacy?cols=user,status,location,os,browser,riskState,id,city,state,country,correlationId,userAgent,deviceDetail.isCompliant", "columns")
	p.at("columns-bad", "/logs/interactive?cols=user,colour&range=7d")
	p.goTo("/logs/noninteractive")
	p.must(p.hook("columns").Focus())
	p.shot("columns-fixed")
	open("views", "/logs/interactive?status=failure", "saved-views")
	open("views-elsewhere", "/logs/managedidentity", "saved-views")
	p.at("cards-chosen", "/logs/interactive?cols=user,status,location,os,browser,id,ca,userType,riskState&range=7d")
}
