package web

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"signpost/auth"
	"signpost/store"
	"signpost/store/datafolder"
	"signpost/store/importer"
	"signpost/store/kinds"
)

// routeCells says who may use which route: x is let in, - is refused. "answers" is the status for somebody let in, for the
// example: signed in and, after a slash, signed out. A route that is not here fails the test, and so does a row without a
// route. Signed out, a refusal is 303 to the sign-in page; for a fragment and a download it is 401.
const routeCells = `
method path                          example                             answers   out GA  SA  SR  SO  GR  RR  CA  AL  HD  user
GET    /static/*                     /static/none.css                    404/404   x   x   x   x   x   x   x   x   x   x   x
GET    /static/widths/:widths        /static/widths/0-200.css            200/200   x   x   x   x   x   x   x   x   x   x   x
GET    /healthz                      /healthz                            200/200   x   x   x   x   x   x   x   x   x   x   x
GET    /readyz                       /readyz                             200/200   x   x   x   x   x   x   x   x   x   x   x
GET    /signin                       /signin                             303/200   x   x   x   x   x   x   x   x   x   x   x
POST   /signin                       /signin                             401/401   x   x   x   x   x   x   x   x   x   x   x
POST   /signout                      /signout                            303/303   x   x   x   x   x   x   x   x   x   x   x
GET    /setup                        /setup                              404/404   x   x   x   x   x   x   x   x   x   x   x
POST   /setup                        /setup                              404/404   x   x   x   x   x   x   x   x   x   x   x
POST   /theme                        /theme                              400/400   x   x   x   x   x   x   x   x   x   x   x
POST   /preferences                  /preferences                        400       -   x   x   x   x   x   x   x   x   x   x
GET    /progress                     /progress                           200       -   x   x   x   x   x   x   x   x   x   x
GET    /                             /                                   303       -   x   x   x   x   x   x   x   x   x   x
GET    /help                         /help                               200/200   x   x   x   x   x   x   x   x   x   x   x
GET    /help/backup                  /help/backup                        200/200   x   x   x   x   x   x   x   x   x   x   x
GET    /help/keys                    /help/keys                          200/200   x   x   x   x   x   x   x   x   x   x   x
GET    /logs/:log                    /logs/interactive                   200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log                    /logs/noninteractive                200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log                    /logs/serviceprincipal              200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log                    /logs/managedidentity               200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log                    /logs/legacy                        200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log                    /logs/audit                         200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log                    /logs/provisioning                  200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log                    /logs/activity                      200       -   x   x   x   x   x   -   -   -   -   -
GET    /logs/:log                    /logs/detections                    200       -   x   x   x   x   x   -   -   -   -   -
GET    /logs/:log                    /logs/principaldetections           200       -   x   x   x   x   x   -   -   -   -   -
GET    /logs/:log/views              /logs/detections/views              303       -   x   x   x   x   x   -   -   -   -   -
GET    /logs/:log                    /logs/access                        200       -   x   x   -   -   -   -   -   -   -   -
GET    /logs/:log                    /logs/no-such-log                   404       -   x   x   x   x   x   x   -   x   -   -
GET    /logs/:log/follow             /logs/interactive/follow            400       -   x   x   x   x   x   x   -   -   -   -
POST   /logs/:log/columns            /logs/interactive/columns           400       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log/views              /logs/interactive/views             303       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log/views              /logs/activity/views                303       -   x   x   x   x   x   -   -   -   -   -
POST   /logs/:log/views              /logs/interactive/views             400       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log/views/:view        /logs/interactive/views/99          404       -   x   x   x   x   x   x   -   -   -   -
POST   /logs/:log/views/:view        /logs/interactive/views/99          404       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log/export.csv         /logs/interactive/export.csv        200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log/export.csv         /logs/activity/export.csv           200       -   x   x   x   x   x   -   -   -   -   -
GET    /logs/:log/export.json        /logs/interactive/export.json       200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log/export.json        /logs/activity/export.json          200       -   x   x   x   x   x   -   -   -   -   -
GET    /logs/:log/export.html        /logs/interactive/export.html       200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log/export.html        /logs/activity/export.html          200       -   x   x   x   x   x   -   -   -   -   -
GET    /logs/:log/export.ndjson      /logs/interactive/export.ndjson     200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log/export.ndjson      /logs/activity/export.ndjson        200       -   x   x   x   x   x   -   -   -   -   -
GET    /logs/:log/export.xlsx        /logs/interactive/export.xlsx       200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log/export.xlsx        /logs/activity/export.xlsx          200       -   x   x   x   x   x   -   -   -   -   -
GET    /logs/:log/export.zip         /logs/interactive/export.zip        200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log/evidence.zip       /logs/interactive/evidence.zip      200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log/evidence.zip       /logs/activity/evidence.zip         200       -   x   x   x   x   x   -   -   -   -   -
GET    /logs/:log/:id                /logs/interactive/SIGNIN            200       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log/:id                /logs/interactive/no-such-id        404       -   x   x   x   x   x   x   -   -   -   -
GET    /logs/:log/:id                /logs/activity/no-such-id           404       -   x   x   x   x   x   -   -   -   -   -
GET    /logs/:log/:id                /logs/interactive/SIGNIN?tab=next   200       -   x   x   x   x   x   -   -   -   -   -
GET    /logs/:log/:id                /logs/interactive/SIGNIN?tab=risk   200       -   x   x   x   x   x   -   -   -   -   -
GET    /compare                      /compare?a=interactive/SIGNIN       200       -   x   x   x   x   x   x   -   -   -   -
GET    /compare                      /compare?a=interactive/SIGNIN&b=audit/x 400       -   x   x   x   x   x   x   -   -   -   -
GET    /compare                      /compare?a=interactive/no-such-id   404       -   x   x   x   x   x   x   -   -   -   -
GET    /compare                      /compare?a=access/no-such-id        404       -   x   x   -   -   -   -   -   -   -   -
GET    /compare                      /compare?a=activity/no-such-id      404       -   x   x   x   x   x   -   -   -   -   -
GET    /compare                      /compare                            400       -   x   x   x   x   x   x   -   x   -   -
GET    /search                       /search                             200       -   x   x   x   x   x   x   -   -   -   -
GET    /diagnostic                   /diagnostic                         200       -   x   x   x   x   x   x   -   -   -   -
GET    /diagnostic                   /diagnostic?user=ada@example.com    200       -   x   x   x   x   x   x   -   -   -   -
GET    /diagnostic                   /diagnostic?request=SIGNIN&log=interactive 200       -   x   x   x   x   x   x   -   -   -   -
GET    /diagnostic                   /diagnostic?request=SIGNIN          303       -   x   x   x   x   x   x   -   -   -   -
GET    /diagnostic                   /diagnostic?time=never              400       -   x   x   x   x   x   x   -   -   -   -
GET    /flagged                      /flagged                            200       -   x   x   x   x   x   x   -   -   -   -
GET    /flagged                      /flagged?range=never                400       -   x   x   x   x   x   x   -   -   -   -
GET    /protection/users             /protection/users                   200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/users             /protection/users?risk=high&riskstate=atRisk&sort=level&days=7 200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/users             /protection/users?sort=none         400       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/users.csv         /protection/users.csv               200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/users.json        /protection/users.json?risk=high    200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/users/:id         /protection/users/ada-id            200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/users/:id         /protection/users/ada-id?hours=5    400       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/users/:id         /protection/users/no-such-id        404       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/principals        /protection/principals              200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/principals        /protection/principals?kind=agents  200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/principals        /protection/principals?kind=users   400       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/principals.csv    /protection/principals.csv?kind=agents 200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/principals.json   /protection/principals.json         200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/principals/:id    /protection/principals/no-such-id   404       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/signins           /protection/signins                 200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/signins           /protection/signins?riskstate=atRisk&by=level 200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/signins           /protection/signins?by=never        400       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/signins           /protection/signins?ca=failure      200       -   x   x   x   -   x   -   -   -   -   -
GET    /protection/signins.csv       /protection/signins.csv             200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/signins.json      /protection/signins.json            200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/principalsignins  /protection/principalsignins        200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/principalsignins  /protection/principalsignins?risk=high&sp=x 200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/principalsignins  /protection/principalsignins?risksignin=low 400       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/principalsignins.csv /protection/principalsignins.csv    200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection/principalsignins.json /protection/principalsignins.json   200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection                   /protection                         200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection                   /protection?list=blocked&level=high 200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection                   /protection?list=technique&technique=T1078&state=open 200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection                   /protection?list=place&country=PT   200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection                   /protection?list=protected          200       -   x   x   x   x   x   -   -   -   -   -
GET    /protection                   /protection?list=none               400       -   x   x   x   x   x   -   -   -   -   -
GET    /errors                       /errors                             200/200   x   x   x   x   x   x   x   x   x   x   x
GET    /errors/:code                 /errors/50126                       200/200   x   x   x   x   x   x   x   x   x   x   x
GET    /users                        /users                              200       -   x   x   x   x   x   x   -   -   -   -
GET    /users/:id                    /users/ada-id                       200       -   x   x   x   x   x   x   -   -   -   -
GET    /users/:id                    /users/no-such-id                   404       -   x   x   x   x   x   x   -   -   -   -
GET    /users/:id/timeline           /users/ada-id/timeline              200       -   x   x   x   x   x   x   -   -   -   -
GET    /users/:id/timeline           /users/no-such-id/timeline          404       -   x   x   x   x   x   x   -   -   -   -
GET    /users/:id/timeline           /users/ada-id/timeline?log=activity 200       -   x   x   x   x   x   -   -   -   -   -
GET    /groups                       /groups                             200       -   x   x   x   x   x   x   -   -   -   -
GET    /groups/:id                   /groups/no-such-id                  404       -   x   x   x   x   x   x   -   -   -   -
GET    /apps                         /apps                               200       -   x   x   x   x   x   x   -   -   -   -
GET    /apps/:id                     /apps/a9a9a9a9-0000-4000-8000-000000000001 200       -   x   x   x   x   x   x   -   -   -   -
GET    /apps/:id                     /apps/no-such-id                    404       -   x   x   x   x   x   x   -   -   -   -
GET    /sources                      /sources                            200       -   x   x   x   x   x   x   -   -   -   -
GET    /sources                      /sources?log=no-such-log            400       -   x   x   x   x   x   x   -   -   -   -
GET    /sources                      /sources?log=activity               200       -   x   x   x   x   x   -   -   -   -   -
GET    /insights                     /insights                           200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights                     /insights?range=never               400       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/applications        /insights/applications              200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/applications        /insights/applications?list=none    400       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/applications.csv    /insights/applications.csv          200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/applications.json   /insights/applications.json         200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/applications.html   /insights/applications.html         200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/applications/:subject /insights/applications/a9a9a9a9-0000-4000-8000-000000000001 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/applications/:subject /insights/applications/no-such-id   404       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/applications/:subject/list.csv /insights/applications/a9a9a9a9-0000-4000-8000-000000000001/list.csv?list=users 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/applications/:subject/list.json /insights/applications/a9a9a9a9-0000-4000-8000-000000000001/list.json?list=users 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/applications/:subject/list.html /insights/applications/a9a9a9a9-0000-4000-8000-000000000001/list.html?list=users 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/principals          /insights/principals                200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/principals.csv      /insights/principals.csv            200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/principals.json     /insights/principals.json           200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/principals.html     /insights/principals.html           200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/authentication      /insights/authentication            200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/authentication      /insights/authentication?tab=events&feature=reset 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/authentication      /insights/authentication?tab=usage&list=claims&compare=yes 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/authentication.csv  /insights/authentication.csv?tab=usage&list=weak 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/authentication.json /insights/authentication.json?tab=usage&list=days 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/authentication.html /insights/authentication.html?tab=usage&list=days 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/adfs                /insights/adfs                      200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/adfs.csv            /insights/adfs.csv?list=checks      200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/adfs.json           /insights/adfs.json                 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/adfs.html           /insights/adfs.html                 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/authentication      /insights/authentication?tab=none   400       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/authentication      /insights/authentication?tab=registration&method=a%20b 400       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/authentication      /insights/authentication?feature=reset 400       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/authentication.csv  /insights/authentication.csv?tab=registration&mfa=no 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/authentication.json /insights/authentication.json?tab=events 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/credentials         /insights/credentials               200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/credentials         /insights/credentials?list=tried&ahead=365 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/credentials         /insights/credentials?ahead=7       400       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/credentials.csv     /insights/credentials.csv?list=calendar 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/credentials.json    /insights/credentials.json          200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/credentials.html    /insights/credentials.html          200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/removal             /insights/removal                   200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/removal             /insights/removal?kind=app&value=a9a9a9a9-0000-4000-8000-000000000001&days=365 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/removal             /insights/removal?kind=none&value=x 400       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/removal             /insights/removal?kind=app&value=x&days=366 400       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/removal             /insights/removal?kind=policy&value=x 200       -   x   x   x   -   x   -   -   -   -   -
GET    /insights/removal             /insights/removal?kind=policy&value=x&list=excluded 200       -   x   x   x   -   x   -   -   -   -   -
GET    /insights/removal.csv         /insights/removal.csv?kind=app&value=a9a9a9a9-0000-4000-8000-000000000001 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/removal.csv         /insights/removal.csv?kind=policy&value=x 200       -   x   x   x   -   x   -   -   -   -   -
GET    /insights/removal.csv         /insights/removal.csv?kind=policy&value=x&list=excluded 200       -   x   x   x   -   x   -   -   -   -   -
GET    /insights/removal.json        /insights/removal.json?kind=app&value=a9a9a9a9-0000-4000-8000-000000000001 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/removal.html        /insights/removal.html              400       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/removal.html        /insights/removal.html?kind=app&value=a9a9a9a9-0000-4000-8000-000000000001 200       -   x   x   x   x   x   x   -   -   -   -
GET    /insights/removal.html        /insights/removal.html?kind=policy&value=x 200       -   x   x   x   -   x   -   -   -   -   -
GET    /import                       /import                             200       -   x   x   -   -   -   -   -   -   -   -
POST   /import                       /import                             415       -   x   x   -   -   -   -   -   -   -   -
GET    /import/run                   /import/run                         303       -   x   x   -   -   -   -   -   -   -   -
POST   /import/run                   /import/run                         303       -   x   x   -   -   -   -   -   -   -   -
GET    /import/explain               /import/explain?upload=no-such-id   404       -   x   x   -   -   -   -   -   -   -   -
POST   /import/explain               /import/explain                     415       -   x   x   -   -   -   -   -   -   -   -
POST   /import/kept                  /import/kept                        404       -   x   x   -   -   -   -   -   -   -   -
GET    /import/map                   /import/map?upload=x&file=0         200       -   x   x   -   -   -   -   -   -   -   -
POST   /import/map                   /import/map                         400       -   x   x   -   -   -   -   -   -   -   -
GET    /import/mappings              /import/mappings                    200       -   x   x   -   -   -   -   -   -   -   -
POST   /import/mappings              /import/mappings                    404       -   x   x   -   -   -   -   -   -   -   -
GET    /import/mappings/:id          /import/mappings/99                 404       -   x   x   -   -   -   -   -   -   -   -
POST   /import/mappings/:id          /import/mappings/99                 404       -   x   x   -   -   -   -   -   -   -   -
GET    /import/:id                   /import/99                          404       -   x   x   -   -   -   -   -   -   -   -
GET    /import/:id/rejected          /import/99/rejected                 404       -   x   x   -   -   -   -   -   -   -   -
GET    /settings                     /settings                           303       -   x   x   x   x   x   x   x   x   x   x
GET    /settings/account             /settings/account                   200       -   x   x   x   x   x   x   x   x   x   x
POST   /settings/account/password    /settings/account/password          422       -   x   x   x   x   x   x   x   x   x   x
POST   /settings/account/mail        /settings/account/mail              400       -   x   x   x   x   x   x   x   x   x   x
GET    /settings/watches             /settings/watches                   200       -   x   x   x   x   x   x   -   x   -   -
POST   /settings/watches             /settings/watches                   400       -   x   x   x   x   x   x   -   x   -   -
GET    /settings/watches/new         /settings/watches/new?kind=watch&address=/logs/interactive 200       -   x   x   x   x   x   x   -   -   -   -
GET    /settings/watches/new         /settings/watches/new?kind=watch&address=/logs/interactive?ca=failure 200       -   x   x   x   -   x   -   -   -   -   -
GET    /settings/watches/new         /settings/watches/new?kind=schedule&address=/logs/activity 200       -   x   x   x   x   x   -   -   -   -   -
GET    /settings/watches/:id         /settings/watches/99                404       -   x   x   x   x   x   x   -   x   -   -
POST   /settings/watches/:id         /settings/watches/99                404       -   x   x   x   x   x   x   -   x   -   -
GET    /settings/alerts              /settings/alerts                    200       -   x   x   -   -   -   -   -   -   -   -
POST   /settings/alerts              /settings/alerts                    400       -   x   x   -   -   -   -   -   -   -   -
GET    /settings/mail                /settings/mail                      200       -   x   x   -   -   -   -   -   -   -   -
POST   /settings/account/sessions    /settings/account/sessions          303       -   x   x   x   x   x   x   x   x   x   x
GET    /settings/sessions            /settings/sessions                  200       -   x   x   -   -   -   -   -   -   -   -
POST   /settings/sessions            /settings/sessions                  400       -   x   x   -   -   -   -   -   -   -   -
GET    /settings/activity            /settings/activity                  200       -   x   -   -   -   -   -   -   -   -   -
POST   /settings/activity            /settings/activity                  400       -   x   -   -   -   -   -   -   -   -   -
GET    /settings/insights            /settings/insights                  200       -   x   x   -   -   -   -   -   -   -   -
POST   /settings/insights            /settings/insights                  400       -   x   x   -   -   -   -   -   -   -   -
GET    /settings/access              /settings/access                    200       -   x   x   -   -   -   -   -   -   -   -
POST   /settings/access              /settings/access                    400       -   x   x   -   -   -   -   -   -   -   -
GET    /settings/people              /settings/people                    200       -   x   x   -   -   -   -   -   -   -   -
GET    /settings/people/new          /settings/people/new                200       -   x   x   -   -   -   -   -   -   -   -
POST   /settings/people/new          /settings/people/new                422       -   x   x   -   -   -   -   -   -   -   -
GET    /settings/people/:id          /settings/people/99                 404       -   x   x   -   -   -   -   -   -   -   -
POST   /settings/people/:id          /settings/people/99                 404       -   x   x   -   -   -   -   -   -   -   -
POST   /settings/people/:id/password /settings/people/99/password        404       -   x   x   -   -   -   -   -   -   -   -
GET    /settings/people/:id/disable  /settings/people/99/disable         404       -   x   x   -   -   -   -   -   -   -   -
POST   /settings/people/:id/disable  /settings/people/99/disable         404       -   x   x   -   -   -   -   -   -   -   -
POST   /settings/people/:id/enable   /settings/people/99/enable          404       -   x   x   -   -   -   -   -   -   -   -
GET    /settings/people/:id/remove   /settings/people/99/remove          404       -   x   x   -   -   -   -   -   -   -   -
POST   /settings/people/:id/remove   /settings/people/99/remove          404       -   x   x   -   -   -   -   -   -   -   -
POST   /settings/people/:id/scope    /settings/people/99/scope           404       -   x   x   -   -   -   -   -   -   -   -
GET    /me                           /me                                 200       -   x   x   x   x   x   x   x   x   x   x
GET    /me/export.csv                /me/export.csv                      200       -   x   x   x   x   x   x   x   x   x   x
GET    /me/export.json               /me/export.json                     200       -   x   x   x   x   x   x   x   x   x   x
GET    /me/looked                    /me/looked                          200       -   x   x   x   x   x   x   x   x   x   x
GET    /me/:id                       /me/no-such-id                      404       -   x   x   x   x   x   x   x   x   x   x
POST   /me/:id                       /me/no-such-id                      404       -   x   x   x   x   x   x   x   x   x   x
GET    /helpdesk                     /helpdesk                           200       -   -   -   -   -   -   -   -   -   x   -
GET    /helpdesk                     /helpdesk?user=no-such-id&ticket=T-1 200       -   -   -   -   -   -   -   -   -   x   -
GET    /helpdesk                     /helpdesk?user=ada-id               400       -   -   -   -   -   -   -   -   -   x   -
GET    /helpdesk/:id                 /helpdesk/no-such-id?user=ada-id&ticket=T-1 404       -   -   -   -   -   -   -   -   -   x   -
GET    /helpdesk/:id                 /helpdesk/SIGNIN?user=ada-id&ticket=T-1 200       -   -   -   -   -   -   -   -   -   x   -
GET    /protection/triage            /protection/triage                  303       -   x   x   -   x   -   -   -   -   -   -
POST   /protection/triage            /protection/triage                  400       -   x   x   -   x   -   -   -   -   -   -
GET    /protection/reported          /protection/reported                200       -   x   x   -   x   -   -   -   -   -   -
GET    /protection/reported          /protection/reported?state=lost     400       -   x   x   -   x   -   -   -   -   -   -
GET    /reported                     /reported?state=open                303       -   x   x   -   x   -   -   -   -   -   -
GET    /reported/:report             /reported/99                        303       -   x   x   -   x   -   -   -   -   -   -
POST   /reported/:report             /reported/99                        400       -   x   x   -   x   -   -   -   -   -   -
`

// fieldCells is the class of data of each field of the query. It is log data for everybody who reads the logs, or Conditional
// Access data, which a Reports Reader may not even name.
const fieldCells = `
log                request correlation session token user identifier usertype app appowner resource resourceowner status error
log                reason ip ipresource city state country asn network gsa client credential method mfa anyerror requirement
log                protocol transfer tokentype issuer issuername os browser device devicename compliant managed trust agent
log                agenttype cae tokenprotection crosstenant hometenant resourcetenant risk risksignin riskstate riskdetail
log                riskevent flagged sp key thumbprint federatedcredential mitype group department ingested flow tenant methodresult networktype
log                methodsource methodstep sessionpolicy
conditional-access ca policy policyresult policycontrol
`

// propertyCells names the properties of Conditional Access data; every other one is log data.
const propertyCells = `conditionalAccessStatus appliedConditionalAccessPolicies appliedConditionalAccessPolicies.result
	appliedConditionalAccessPolicies.enforcedGrantControls appliedConditionalAccessPolicies.items`

// matrixRoles are the columns of routeCells.
var matrixRoles = map[string]auth.Role{
	"GA": auth.RoleGlobalAdministrator, "SA": auth.RoleSecurityAdministrator, "SR": auth.RoleSecurityReader, "GR": auth.RoleGlobalReader,
	"RR": auth.RoleReportsReader, "CA": auth.RoleConditionalAccessAdministrator, "AL": auth.RoleAttributeLogReader, "HD": auth.RoleHelpdesk, "user": auth.RoleUser,
	"SO": auth.RoleSecurityOperator,
}

// conditionalAccessRoles read a log and may see Conditional Access data.
var conditionalAccessRoles = map[string]bool{"GA": true, "SA": true, "SR": true, "GR": true}

// matrixHouse is a portal with sign-ins that hold Conditional Access data, and a visitor for each column.
type matrixHouse struct {
	*house
	by map[string]*visitor
}

const matrixDoc = `{"time":"2026-11-23T08:33:00Z","category":"SignInLogs","properties":{"id":"x","conditionalAccessStatus":"success",` +
	`"appliedConditionalAccessPolicies":[{"id":"p1","displayName":"Secret policy: MFA for all","result":"success"}],` +
	`"authenticationContextClassReferences":[{"id":"c7","detail":"secretContext"}],"newConditionalAccessKey":"secretValue"}}`

func newMatrixHouse(t *testing.T) matrixHouse {
	t.Helper()
	h := matrixHouse{by: map[string]*visitor{}}
	h.house = newHouse(t, func(c *Config) {
		db := c.Store.(*datafolder.Folder)
		imports, err := NewUploads(plainImporter{w: db}, filepath.Join(t.TempDir(), "uploads"), ImportLimits{}, c.Now, c.Log)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(imports.Close)
		c.Mappings = c.Views.(MappingStore)
		c.LookAtFile = func(UploadedFile, int, store.Mapping) (store.MappingLook, error) { return store.MappingLook{}, nil }
		f := newFakeStore(interactiveSignIn(1, at("08:30:00")), refresh(2, at("08:31:00"), "mail"), principalSignIn(3, at("08:32:00")), identitySignIn(4, at("08:33:00")))
		for i := range f.records {
			for n := range f.records[i].Versions {
				f.records[i].Versions[n].Doc = []byte(matrixDoc)
			}
			if len(f.records[i].Versions) == 0 {
				f.records[i].Versions = []store.Version{{Entry: f.records[i].Entry, Doc: []byte(matrixDoc)}}
			}
		}
		c.Uploads, c.PastImports, c.Store, c.Unread, c.Lacks, c.Misread = imports, db, f, importer.Unread(kinds.Catalog), importer.Lacks, importer.Misread(kinds.Catalog)
	})
	h.by["out"] = h.visitor()
	for column, role := range matrixRoles {
		_, err := h.accounts.Add(t.Context(), auth.NewAccount{Name: "as-" + column, Password: housePassword, Roles: []auth.Role{role}, UserID: "ada-id"})
		if err != nil {
			t.Fatal(err)
		}
		h.by[column] = h.as("as-" + column)
	}
	return h
}

// cell is one row of routeCells for one column.
type cell struct {
	method, path, example, column string
	in, out                       int // the status for somebody let in, signed in and signed out
	allowed                       bool
}

func readRouteCells(t *testing.T) (cells []cell) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(routeCells), "\n")
	headings := strings.Fields(lines[0])
	for _, line := range lines[1:] {
		words := strings.Fields(line)
		if len(words) != len(headings) {
			t.Fatalf("row %q has %d words, want %d", line, len(words), len(headings))
		}
		in, out, _ := strings.Cut(words[3], "/")
		c := cell{method: words[0], path: words[1], example: strings.Replace(words[2], "SIGNIN", testID(1), 1)}
		c.in, _ = strconv.Atoi(in)
		c.out, _ = strconv.Atoi(out) // 0 if nobody signed out is let in
		for i, column := range headings[4:] {
			c.column, c.allowed = column, words[i+4] == "x"
			cells = append(cells, c)
		}
	}
	return cells
}

// Every route has its row, and no row is without a route.
func TestMatrixHasEveryRoute(t *testing.T) {
	p, rows := newHouse(t, nil), map[string]bool{}
	for _, c := range readRouteCells(t) {
		rows[c.method+" "+c.path] = false
	}
	for _, route := range p.server.echo.Routes() {
		method := route.Method
		if method == echo.RouteNotFound {
			continue
		}
		if method == http.MethodHead {
			method = http.MethodGet // HEAD asks whether a page exists
		}
		if _, ok := rows[method+" "+route.Path]; !ok {
			t.Errorf("%s %s has no row in the matrix: write down who may use it", method, route.Path)
		}
		rows[method+" "+route.Path] = true
	}
	for row, used := range rows {
		if !used {
			t.Errorf("the matrix has a row for %s, which is no route", row)
		}
	}
}

// Every field and every property has its class, and the store has the same class.
func TestMatrixHasEveryField(t *testing.T) {
	classes := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSpace(fieldCells), "\n") {
		words := strings.Fields(line)
		for _, name := range words[1:] {
			classes[name] = words[0]
		}
	}
	for _, field := range store.SignIns.Fields() {
		class, ok := classes[field.Name]
		switch {
		case field.Single: // the field of a property, which has its own cell below
			if field.Class != field.Properties[0].Class {
				t.Errorf("field %s: class %v, and its property %v", field.Name, field.Class, field.Properties[0].Class)
			}
		case !ok:
			t.Errorf("field %s has no class in the matrix: write down whose it is", field.Name)
		case (field.Class == store.ConditionalAccess) != (class == "conditional-access"):
			t.Errorf("field %s: Conditional Access data %v, want %s", field.Name, field.Class == store.ConditionalAccess, class)
		}
		delete(classes, field.Name)
	}
	for name := range classes {
		t.Errorf("the matrix has a cell for %s, which is no field", name)
	}
	withheld := strings.Fields(propertyCells)
	for _, p := range store.SignIns.Properties {
		named := false
		for _, name := range withheld {
			named = named || name == p.Name
		}
		looks := strings.Contains(strings.ToLower(p.Name), "conditionalaccess") || strings.Contains(strings.ToLower(p.Name), "contextclass")
		if (p.Class == store.ConditionalAccess) != named || looks && !named {
			t.Errorf("property %s: Conditional Access data %v, want %v as the matrix has it", p.Name, p.Class == store.ConditionalAccess, named)
		}
	}
}

// Every cell holds for the page, for the fragment and for HEAD.
func TestMatrixOfRoutes(t *testing.T) {
	t.Parallel()
	h := newMatrixHouse(t)
	asked := 0
	for _, c := range readRouteCells(t) {
		shapes := map[string]func(*visitor) reply{
			"page":     func(v *visitor) reply { return v.send(c.method, c.example, formOf(c)) },
			"fragment": func(v *visitor) reply { return v.send(c.method, c.example, formOf(c), "HX-Request", "true") },
		}
		if c.method == http.MethodGet {
			shapes["HEAD"] = func(v *visitor) reply { return v.send(http.MethodHead, c.example, nil) }
		}
		for shape, ask := range shapes {
			v := h.by[c.column]
			if c.path == "/signout" || c.path == "/signin" && c.method == http.MethodPost {
				v = h.visitor() // a session of its own, if any, because the others are still needed
				if c.column != "out" && c.path == "/signout" {
					v = h.as("as-" + c.column)
				}
			}
			got, want := ask(v), c.status(shape)
			if c.path == "/import/run" && c.method == http.MethodGet && c.allowed {
				want = got.StatusCode // 303 before the first import, 200 from then on
			}
			asked++
			if got.StatusCode != want {
				t.Errorf("%s %s as %s for %s: got %d, want %d", c.method, c.example, shape, c.column, got.StatusCode, want)
			}
			if want == http.StatusSeeOther && !c.allowed && !strings.HasPrefix(got.location(), "/signin") {
				t.Errorf("%s %s for %s: leads to %q, want the sign-in page", c.method, c.example, c.column, got.location())
			}
		}
	}
	if asked < 8*100 {
		t.Errorf("only %d questions were asked", asked)
	}
}

func formOf(c cell) map[string][]string {
	if c.method != http.MethodPost {
		return nil
	}
	return form("name", "nobody "+c.column+" knows") // a name for each, so that none fails too often
}

// status is the status that the cell expects.
func (c cell) status(shape string) int {
	isDownload := strings.Contains(c.path, "/export.") || (strings.HasPrefix(c.path, "/insights/") || strings.HasPrefix(c.path, "/protection/")) && strings.Contains(c.path, ".") || strings.HasSuffix(c.path, ".zip") || c.path == rejectedPath
	switch {
	case c.allowed && c.column == "out":
		return c.out
	case c.allowed:
		return c.in
	case c.column != "out":
		return http.StatusForbidden
	case shape == "fragment", isDownload:
		return http.StatusUnauthorized
	}
	return http.StatusSeeOther
}

// A viewer without the right to Conditional Access data is refused at any address that names it, in every form and on every
// surface. A viewer with the right is not.
func TestMatrixOfConditionalAccess(t *testing.T) {
	h := newMatrixHouse(t)
	var queries []string
	for _, field := range store.SignIns.Fields() {
		if field.Class != store.ConditionalAccess {
			continue
		}
		n := field.Name
		for _, name := range []string{n, strings.ToUpper(n)} {
			queries = append(queries, name+"=success", name+".not=success", name+".starts=s", name+".has=s", name+".empty=yes", name+".empty=no", name+".odd=x", name+"=",
				"cols=user,"+name, "pick="+name, "pick="+name+".not", "pick="+name+"&find=secret", "field="+name+"&op=is&value=success", "status=success&"+name+"=failure")
		}
	}
	for _, name := range append(strings.Fields(propertyCells), "conditionalAccessAudiences", "authenticationContextClassReferences", "newConditionalAccessKey") {
		queries = append(queries, "cols="+name, "cols="+strings.ToUpper(name), name+"=x", "COLS="+name)
	}
	surfaces := []struct {
		path    string
		headers []string
	}{
		{"/logs/interactive", nil},
		{"/logs/interactive", []string{"HX-Request", "true"}},
		{"/logs/noninteractive", nil},
		{"/logs/serviceprincipal", nil},
		{"/logs/managedidentity", nil},
		{"/logs/legacy", nil},
		{"/logs/interactive/export.csv", nil},
		{"/logs/interactive/export.json", nil},
		{"/logs/interactive/export.ndjson", nil},
		{"/logs/interactive/export.xlsx", nil},
		{"/logs/interactive/export.html", nil},
		{"/logs/interactive/follow", nil},
		{"/logs/interactive/views", nil},
		{"/logs/interactive/views", []string{"HX-Request", "true"}},
		{"/logs/interactive/" + testID(1), nil},
	}
	for _, surface := range surfaces {
		for _, query := range queries {
			if got := h.by["RR"].get(surface.path+"?"+query, surface.headers...); got.StatusCode != http.StatusForbidden {
				t.Errorf("%s?%s for a Reports Reader: got %d, want 403", surface.path, query, got.StatusCode)
			}
		}
	}
	for column := range conditionalAccessRoles {
		for _, query := range []string{"ca=success", "policy.has=secret", "cols=user,ca", "pick=policy"} {
			h.by[column].get("/logs/interactive?"+query).expect(t, query+" for "+column, http.StatusOK, "")
		}
	}
	for what, got := range map[string]reply{
		"the columns panel":     h.by["RR"].post("/logs/interactive/columns", form("do", "once", "column", "ca")),
		"the columns form":      h.by["RR"].post("/logs/interactive/columns?cols=ca", form("do", "once")),
		"a view":                h.by["RR"].post("/logs/interactive/views?ca=success", form("do", "save", "name", "mine")),
		"closed facets":         h.by["RR"].post("/preferences", form("closed-facets", "app,ca")),
		"the tab of policies":   h.by["RR"].get("/logs/interactive/" + testID(1) + "?tab=conditional-access"),
		"the tab of rehearsals": h.by["RR"].get("/logs/interactive/" + testID(1) + "?tab=report-only"),
	} {
		got.expect(t, what+" for a Reports Reader", http.StatusForbidden, "")
	}
}

// No answer of any surface holds Conditional Access data for viewers who may not see it. Some answers do for those who may, or
// this test could not fail.
func TestMatrixHoldsNoConditionalAccessData(t *testing.T) {
	t.Parallel()
	h := newMatrixHouse(t)
	h.by["GA"].save("interactive", "policy=Secret+policy%3A+MFA+for+all", "Mine of the secret", true)
	secrets := []string{"secret policy", "warehouse rehearsal", "secretcontext", "secretvalue", "conditionalaccess", "contextclassreferences", "mine of the secret", "notapplied"}
	paths := map[string]bool{}
	for _, c := range readRouteCells(t) {
		if c.method == http.MethodGet && !strings.HasPrefix(c.path, "/static") && !strings.HasSuffix(c.path, "/follow") {
			paths[c.example] = true
		}
	}
	for _, log := range []string{"interactive", "noninteractive", "serviceprincipal", "managedidentity", "legacy"} {
		for _, more := range []string{"?panel=columns", "?panel=views", "?pick=user", "?pick=", "?chart=table", "?events=all", "/export.csv", "/export.json", "/export.ndjson", "/export.xlsx", "/export.html", "/export.zip", "/evidence.zip"} {
			paths["/logs/"+log+more] = true
		}
	}
	for n, log := range []string{"interactive", "noninteractive", "serviceprincipal", "managedidentity"} {
		for _, tab := range []string{"basic", "location", "device", "authentication", "additional", "events", "history", "raw"} {
			paths["/logs/"+log+"/"+testID(n+1)+"?tab="+tab] = true
		}
	}
	for _, q := range []string{"secret", "Secret+policy", "notApplied", testID(1), "ada"} {
		paths["/search?q="+q] = true
	}
	paths["/me/"+testID(1)] = true
	told := map[string]bool{}
	for column, v := range h.by {
		if conditionalAccessRoles[column] && column != "GA" {
			continue // one viewer with the right is enough to see that the data is there
		}
		for path := range paths {
			for _, headers := range [][]string{nil, {"HX-Request", "true"}} {
				got := v.get(path, headers...)
				text := strings.ToLower(readable(t, path, got.body))
				for _, secret := range secrets {
					if !strings.Contains(text, secret) || strings.HasPrefix(path, "/search?q=") && strings.Contains(strings.ToLower(path), strings.ReplaceAll(secret, " ", "+")) {
						continue // the answering page repeats a typed text
					}
					if strings.HasPrefix(path, "/errors") && secret == "conditionalaccess" {
						continue // the symbols of error codes, which are Microsoft's and public
					}
					told[column+" "+secret] = true
					if !conditionalAccessRoles[column] {
						t.Errorf("%s for %s holds %q", path, column, secret)
					}
				}
			}
		}
	}
	for _, secret := range secrets {
		if !told["GA "+secret] {
			t.Errorf("an administrator is shown %q nowhere: this test could not fail", secret)
		}
	}
}

// readable gives the text of an answer; for a workbook, that of its parts.
func readable(t *testing.T, path, body string) string {
	t.Helper()
	if !strings.HasSuffix(path, ".xlsx") && !strings.HasSuffix(path, ".zip") || !strings.HasPrefix(body, "PK") {
		return body
	}
	archive, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, file := range archive.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
		_ = r.Close() // it was read
	}
	return all.String()
}

// Somebody else's id, an unknown one and one out of scope get the same answer, byte for byte.
func TestMatrixOfForeignIDs(t *testing.T) {
	h := newMatrixHouse(t)
	other := interactiveSignIn(9, at("08:40:00"))
	other.UserID, other.UserPrincipalName = "grace-id", "grace@example.com"
	f := h.server.Store.(fairStore).Store.(*fakeStore)
	f.records = append(f.records, newFakeStore(other).records...)
	h.by["SR"].save("interactive", "user=ada", "private", false)
	h.by["GA"].save("interactive", "ca=success", "shared with Conditional Access", true)
	for column, sets := range map[string][][]string{
		"user": {{"/me/" + testID(9), "/me/" + testID(3), "/me/" + testID(77), "/me/x", "/me/%00"}},
		"RR": {
			{"/logs/interactive/" + testID(2), "/logs/interactive/" + testID(77), "/logs/interactive/x"},
			{"/logs/interactive/views/1", "/logs/interactive/views/2", "/logs/interactive/views/77", "/logs/interactive/views/x", "/logs/legacy/views/1"},
		},
		"GA": {{"/settings/people/77", "/settings/people/x", "/import/77", "/import/x"}, {"/import/77/rejected", "/import/x/rejected"}},
	} {
		for _, paths := range sets {
			first := h.by[column].get(paths[0])
			for _, path := range paths {
				got := h.by[column].get(path)
				if got.StatusCode != http.StatusNotFound || got.body != first.body {
					t.Errorf("%s for %s: got %d, the same bytes as %s: %v, want 404 and the same", path, column, got.StatusCode, paths[0], got.body == first.body)
				}
			}
		}
	}
	h.by["user"].get("/me/"+testID(1)).expect(t, "one's own", http.StatusOK, "")
}
