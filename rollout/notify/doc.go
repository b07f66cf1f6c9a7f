// Package notify tells others of rollouts, and asks them whether one may go on:
// webhooks, Slack and what understands its messages, and Prometheus.
//
// A webhook gets a POST with JSON. With a secret it has two headers more:
// X-Weir-Timestamp, seconds since 1970, and X-Weir-Signature, which is "v1=" and
// the HMAC-SHA256, in hex, of the timestamp, a dot and the body. Who checks it
// should refuse what is more than a few minutes old.
package notify
