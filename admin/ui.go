package admin

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"weir/proxy/exchange"
)

// packed ends the name of a file that holds another one compressed.
const packed = ".gz"

// built serves the built pages below base, compressed to who takes that. The
// page itself is /routes, where fabio's is. The names of assets change with what
// is in them, so browsers may keep them for good; of the page they ask each time
// whether it is still the same.
func built(base string, files fs.FS) http.Handler {
	pages := map[string]*page{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		pages["/"+name], err = newPage(files, name)
		return err
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := strings.TrimPrefix(r.URL.Path, base)
		switch p := pages[at]; {
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
		case at == "" || at == "/":
			http.Redirect(w, r, base+"/routes", http.StatusSeeOther)
		case at == "/routes" && pages["/index.html"] != nil:
			pages["/index.html"].serve(w, r)
		case p != nil:
			p.serve(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

// page is one file of the built pages.
type page struct {
	kind, keep   string // Content-Type, Cache-Control
	plain, small version
}

// version is one form of a file; without text there is none.
type version struct {
	text []byte
	tag  string // ETag (RFC 9110, 8.8.3): another for each form
}

func newPage(files fs.FS, name string) (*page, error) {
	p := &page{kind: mime.TypeByExtension(path.Ext(name)), keep: "no-cache"}
	if strings.HasPrefix(name, "assets/") {
		p.keep = "public, max-age=31536000, immutable"
	}
	var err error
	if p.plain, err = newVersion(files, name); err != nil {
		return nil, err
	}
	if _, none := fs.Stat(files, name+packed); none == nil {
		p.small, err = newVersion(files, name+packed)
	}
	return p, err
}

func newVersion(files fs.FS, name string) (version, error) {
	text, err := fs.ReadFile(files, name)
	return version{text, fmt.Sprintf(`"%.8x"`, sha256.Sum256(text))}, err
}

func (p *page) serve(w http.ResponseWriter, r *http.Request) {
	form, h := p.plain, w.Header()
	if p.small.text != nil {
		h.Set("Vary", "Accept-Encoding")
		if takesGzip(r.Header) {
			form = p.small
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("Content-Type", p.kind)
	h.Set("Cache-Control", p.keep)
	h.Set("ETag", form.tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(form.text))
}

// takesGzip reports whether a client wants answers compressed (RFC 9110, 12.5.3).
func takesGzip(h http.Header) bool {
	for coding, quality := range exchange.Weighted([]byte(strings.Join(h.Values("Accept-Encoding"), ","))) {
		if exchange.EqualFold(coding, "gzip") {
			return quality > 0
		}
	}
	return false
}
