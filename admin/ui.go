package admin

import (
	"io/fs"
	"net/http"
	"strings"
)

// built serves the built pages below base. Their files have a name that changes
// with what is in them, so browsers may keep them for good; all but the first.
func built(base string, files fs.FS) http.Handler {
	server := http.StripPrefix(base, http.FileServerFS(files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, base)
		if path == "" {
			http.Redirect(w, r, base+"/", http.StatusMovedPermanently)
			return
		}
		if strings.HasPrefix(path, "/assets/") {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		server.ServeHTTP(w, r)
	})
}
