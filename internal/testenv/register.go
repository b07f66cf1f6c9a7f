package testenv

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Service is what a test registers. It has one TTL check, named after its ID,
// unless Status is "none".
type Service struct {
	Name    string
	ID      string // empty: the name
	Address string // empty: the node's
	Port    int
	Tags    []string
	Meta    map[string]string
	Kind    string // of the service: "" or "connect-proxy" and its like
	Status  string // of the check: passing (when empty), warning, critical, none
}

// Register puts a service into the agent, or changes the one of that ID.
func (c *Consul) Register(s Service) {
	c.t.Helper()
	id := s.id()
	body := map[string]any{"Name": s.Name, "ID": id, "Address": s.Address, "Port": s.Port, "Tags": s.Tags, "Meta": s.Meta}
	if s.Kind != "" {
		body["Kind"] = s.Kind
		body["Proxy"] = map[string]any{"DestinationServiceName": s.Name}
	}
	if s.Status != "none" {
		body["Check"] = map[string]any{"CheckID": "check:" + id, "TTL": "1h", "Status": or(s.Status, "passing")}
	}
	c.Put("/v1/agent/service/register", body)
}

func (s Service) id() string { return or(s.ID, s.Name) }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// Deregister takes the service with that ID out of the agent.
func (c *Consul) Deregister(id string) {
	c.t.Helper()
	c.Put("/v1/agent/service/deregister/"+url.PathEscape(id), nil)
}

// SetCheck gives the check of the service with that ID a status: passing,
// warning or critical.
func (c *Consul) SetCheck(id, status string) {
	c.t.Helper()
	c.Put("/v1/agent/check/update/"+url.PathEscape("check:"+id), map[string]any{"Status": status})
}

// PutKV writes a key of Consul's KV, without a prefix of any kind.
func (c *Consul) PutKV(key, value string) {
	c.t.Helper()
	c.call("PUT", "/v1/kv/"+key, []byte(value))
}

// DeleteKV removes a key.
func (c *Consul) DeleteKV(key string) {
	c.t.Helper()
	c.call("DELETE", "/v1/kv/"+key, nil)
}

// Put sends a PUT with a JSON body (none when nil) to any path of Consul's API
// and fails the test when it is refused.
func (c *Consul) Put(path string, body any) {
	c.t.Helper()
	var raw []byte
	if body != nil {
		raw, _ = json.Marshal(body)
	}
	c.call("PUT", path, raw)
}

func (c *Consul) call(method, path string, body []byte) {
	c.t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	if _, err := do(client, method, "http://"+c.Addr+path, body); err != nil {
		c.t.Fatal(err)
	}
}

// do sends a request and returns the body of a 200; everything else is an error.
func do(client *http.Client, method, url string, body []byte) ([]byte, error) {
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", method, url, resp.Status, text)
	}
	return text, err
}
