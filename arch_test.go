package weir_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the import table of docs/ARCHITECTURE.md: what each folder may
// import of ours. A folder speaks for those below it.
var mayImport = map[string]string{
	"route":     "",
	"tlssni":    "",
	"twolooks":  "",
	"certs":     "tlssni store twolooks",
	"config":    "",
	"store":     "",
	"intent":    "route store",
	"registry":  "route store intent twolooks",
	"rollout":   "route store twolooks",
	"proxy":     "route tlssni",
	"metrics":   "certs proxy route registry rollout",
	"accesslog": "proxy route",
	"tracing":   "proxy route",
	"admin":     "certs route registry store intent rollout metrics proxy",
	"ui":        "",
	"cmd":       "route tlssni certs config store intent registry rollout proxy metrics accesslog tracing admin ui",
	"internal":  "route tlssni certs config store intent registry rollout proxy metrics admin cmd",
	"bench":     "route tlssni certs config store intent registry rollout proxy metrics admin cmd internal",
}

// onlyIn names the one place of each outside package that must stay in one.
var onlyIn = map[string]string{
	"github.com/hashicorp/consul/api":     "store/consulkv registry/consul cmd/weir/demo",
	"github.com/spf13/viper":              "config",
	"github.com/prometheus/client_golang": "metrics",
	"golang.org/x/net/http2/hpack":        "proxy/http2",
	"github.com/andybalholm/brotli":       "proxy/compress",
	"go.opentelemetry.io":                 "tracing",
	"github.com/klauspost/compress":       "proxy/compress",
	"net/http/httputil":                   "",
}

func TestImportsPointDown(t *testing.T) {
	eachImport(t, func(file, folder, path string) {
		top, _, _ := strings.Cut(folder, "/")
		ours, isOurs := strings.CutPrefix(path, "weir/")
		to, _, _ := strings.Cut(ours, "/")
		if isOurs && to != top && !strings.Contains(" "+mayImport[top]+" ", " "+to+" ") {
			t.Errorf("%s imports %s: %s may import only: %s", file, path, top, mayImport[top])
		}
	})
}

func TestOutsidePackagesHaveOneHome(t *testing.T) {
	eachImport(t, func(file, folder, path string) {
		for outside, homes := range onlyIn {
			if path != outside && !strings.HasPrefix(path, outside+"/") {
				continue
			}
			for home := range strings.FieldsSeq(homes) {
				if folder == home || strings.HasPrefix(folder, home+"/") {
					return
				}
			}
			t.Errorf("%s imports %s, whose home is %q", file, path, homes)
		}
	})
}

// eachImport calls do for every import of the code that ships (not of tests).
func eachImport(t *testing.T, do func(file, folder, path string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (file == "internal/tools" || strings.HasPrefix(d.Name(), ".") && file != "."):
			return fs.SkipDir
		case !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			do(file, filepath.ToSlash(filepath.Dir(file)), path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
