package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"signpost/store/demo"
)

// DemoCmd writes the made-up tenant's logs as export files.
type DemoCmd struct {
	Rows   int       `required:"" help:"How many sign-ins to write, over all four logs; audit, provisioning and risk records come on top where the format has them."`
	Seed   uint64    `default:"1" env:"SIGNPOST_SEED" help:"Another seed is another life of the same tenant."`
	Days   int       `default:"30" env:"SIGNPOST_DAYS" help:"How many days before --until the records begin."`
	Until  time.Time `env:"SIGNPOST_UNTIL" help:"When the records end (RFC 3339); now if absent."`
	Format string    `default:"azure-monitor" env:"SIGNPOST_FORMAT" enum:"${demoformats}" help:"Shape of the files (${default}): ${enum}. Other formats than azure-monitor have no audit and no provisioning records, and only graph and graph-v1 have risk records beside it; graph-v1 has interactive sign-ins only, and defender-csv those of users."`
	// The logs' folder holds records alone, so the directory has a folder of its own.
	Directory string `placeholder:"DIR" help:"Folder to write the tenant's users, groups and applications to, as answers of Graph; none if absent."`
	Out       string `required:"" placeholder:"DIR" help:"Folder to write to; it may exist if it is empty."`
}

// demoFormats are the values of demo's --format.
var demoFormats = kong.Vars{"demoformats": strings.Join(demo.Formats(), ", ")}

// Run writes the files. It prints nothing.
func (c *DemoCmd) Run(ctx context.Context) error {
	until := c.Until
	if until.IsZero() {
		until = time.Now().Truncate(time.Second)
	}
	if c.Rows < 1 {
		return fmt.Errorf("--rows=%d: the number of rows must be at least 1", c.Rows)
	}
	if c.Days < 1 {
		return fmt.Errorf("--days=%d: the number of days must be at least 1", c.Days)
	}
	err := demo.WriteAs(ctx, c.Out, c.Format, demo.Options{Rows: c.Rows, Seed: c.Seed, Days: c.Days, Until: until})
	if err == nil && c.Directory != "" {
		err = demo.WriteDirectory(c.Directory, until)
	}
	if errors.Is(err, context.Canceled) {
		return errors.New("stopped; nothing was kept")
	}
	return err
}
