package admin

import (
	"net/http"
	"net/url"
	"strings"
)

// keyAsOneSegment escapes the slashes of a route key, so that the mux neither
// cleans a key such as "/api" nor splits it. api is the path of the API.
func keyAsOneSegment(r *http.Request, api string) *http.Request {
	path := r.URL.EscapedPath()
	for _, kind := range []string{"weights/route/", "rollouts/route/"} {
		key, ok := strings.CutPrefix(path, api+kind)
		if !ok {
			continue
		}
		below := ""
		if kind != "weights/route/" {
			key, below = cutBelow(r.Method, key)
		}
		if strings.Contains(key, "/") {
			return withPath(r, api+kind+strings.ReplaceAll(key, "/", "%2F")+below)
		}
	}
	return r
}

// cutBelow splits what follows the key of a rollout from it: the verb of a POST,
// or what else of the rollout is wanted. A GET of a route whose path ends like
// that must have its slashes escaped.
func cutBelow(method, key string) (short, below string) {
	at := strings.LastIndex(key, "/")
	if at < 0 {
		return key, ""
	}
	if last := key[at+1:]; method == http.MethodPost || last == "history" || last == "audit" || last == "evidence" {
		return key[:at], key[at:]
	}
	return key, ""
}

func withPath(r *http.Request, path string) *http.Request {
	u, err := url.Parse(path)
	if err != nil {
		return r
	}
	other := *r
	u.RawQuery = r.URL.RawQuery
	other.URL = u
	return &other
}
