// Translates Butane to Ignition by the code of the butane program: standard input to standard output. Warnings count as
// errors, as with `butane --strict`.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/coreos/butane/config"
	"github.com/coreos/butane/config/common"
)

func main() {
	source, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail(err)
	}
	ignition, report, err := config.TranslateBytes(source, common.TranslateBytesOptions{Pretty: true})
	if err != nil {
		fail(fmt.Errorf("%w\n%s", err, report.String()))
	}
	if len(report.Entries) > 0 {
		fail(fmt.Errorf("%s", report.String()))
	}
	os.Stdout.Write(ignition)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
