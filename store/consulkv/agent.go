package consulkv

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/consul/api"
)

// Agent says how to talk to a Consul agent. What is empty comes from Consul's
// usual environment (CONSUL_HTTP_ADDR, CONSUL_HTTP_TOKEN and so on), and an
// address that is set nowhere is 127.0.0.1:8500.
type Agent struct {
	Address string // host:port, or a URL with http, https or unix
	Token   string // ACL token; a secret
	// TokenFile holds the token in place of Token. It is read again when it
	// changes.
	TokenFile string
	Namespace string // of Consul Enterprise, for all calls
	TLS       TLS
	Retry     time.Duration // from a failed query of a watch to the next; 0 is 500 ms

	// RequireConsistent asks the leader to make sure that it still leads before
	// each answer. AllowStale lets any server answer; it gives way to
	// RequireConsistent.
	RequireConsistent bool
	AllowStale        bool
}

// TLS is for an agent that listens on https. Names are those of PEM files.
type TLS struct {
	CAFile, CAPath     string
	CertFile, KeyFile  string
	InsecureSkipVerify bool
}

// Limits of one exchange with the agent.
const (
	maxBody = 256 << 20        // of an answer, in bytes
	wait    = time.Minute      // how long the agent may hold a blocking query
	grace   = 10 * time.Second // what an answer may take beyond that
)

// Client is a connection to an agent. It is safe for concurrent use.
type Client struct {
	*api.Client

	agent     Agent
	transport *http.Transport
}

// Dial prepares a client; it does not connect yet. An error is about files.
func (a Agent) Dial() (*Client, error) {
	conf := api.DefaultConfig()
	conf.Address = or(a.Address, conf.Address)
	conf.Token = or(a.Token, conf.Token)
	tokenFile := a.TokenFile
	if a.Token == "" {
		tokenFile = or(tokenFile, conf.TokenFile)
	}
	conf.TokenFile = "" // api would read it but once
	conf.Namespace = or(a.Namespace, conf.Namespace)
	conf.TLSConfig.CAFile = or(a.TLS.CAFile, conf.TLSConfig.CAFile)
	conf.TLSConfig.CAPath = or(a.TLS.CAPath, conf.TLSConfig.CAPath)
	conf.TLSConfig.CertFile = or(a.TLS.CertFile, conf.TLSConfig.CertFile)
	conf.TLSConfig.KeyFile = or(a.TLS.KeyFile, conf.TLSConfig.KeyFile)
	conf.TLSConfig.InsecureSkipVerify = conf.TLSConfig.InsecureSkipVerify || a.TLS.InsecureSkipVerify
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: grace}).DialContext,
		TLSHandshakeTimeout: grace,
		IdleConnTimeout:     2 * wait,
		// The agent is on this machine nearly always; gzip would cost more
		// there than it saves.
		DisableCompression: true,
	}
	client, err := api.NewHttpClient(transport, conf.TLSConfig)
	if err != nil {
		return nil, fmt.Errorf("consul %s: %w", conf.Address, err)
	}
	client.Transport = bounded{transport}
	if tokenFile != "" {
		if client.Transport, err = newTokenFile(tokenFile, client.Transport); err != nil {
			return nil, fmt.Errorf("consul %s: token file: %w", conf.Address, err)
		}
	}
	conf.HttpClient, conf.Transport = client, transport
	made, err := api.NewClient(conf)
	if err != nil {
		return nil, fmt.Errorf("consul %s: %w", conf.Address, err)
	}
	a.Address = conf.Address
	return &Client{Client: made, agent: a, transport: transport}, nil
}

// Address is what the client connects to.
func (c *Client) Address() string { return c.agent.Address }

// Retry is what the agent's Retry says.
func (c *Client) Retry() time.Duration {
	if c.agent.Retry <= 0 {
		return 500 * time.Millisecond
	}
	return c.agent.Retry
}

// Close ends the idle connections. What is under way is ended by its context.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Options are those of a query that blocks until there is something newer than
// index, or does not block when index is 0. The context that they carry must be
// ended with cancel when the answer is there.
func (c *Client) Options(ctx context.Context, index uint64) (q *api.QueryOptions, cancel context.CancelFunc) {
	q = &api.QueryOptions{
		WaitIndex:         index,
		RequireConsistent: c.agent.RequireConsistent,
		AllowStale:        c.agent.AllowStale && !c.agent.RequireConsistent,
	}
	limit := grace
	if index != 0 {
		// The agent adds up to a sixteenth, so that clients do not all come
		// back at the same moment.
		q.WaitTime, limit = wait, wait+wait/16+grace
	}
	ctx, cancel = context.WithTimeout(ctx, limit)
	return q.WithContext(ctx), cancel
}

// Trust says why an answer must not be believed although it is no error: an
// agent without a leader gives what it happens to have, which after a restart
// is nothing.
func Trust(meta *api.QueryMeta) error {
	if !meta.KnownLeader {
		return errors.New("the cluster has no leader")
	}
	return nil
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// bounded cuts answers that are larger than maxBody, with an error.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(req)
	if err == nil {
		resp.Body = http.MaxBytesReader(nil, resp.Body, maxBody)
	}
	return resp, err
}
