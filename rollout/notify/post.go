package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	tryTime   = 5 * time.Second // one try, at most
	maxAnswer = 1 << 20         // bytes of an answer
	maxText   = 300             // bytes of an answer that are quoted
)

// newClient is for calls to strangers. It follows no redirect: a signed message
// is for the address that was configured.
func newClient() *http.Client {
	return &http.Client{
		Timeout:       tryTime,
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 2},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Sign is the value of X-Weir-Signature.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, timestamp+".")
	mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// post sends JSON, signed if there is a secret. What the errors say does not
// have the address, which may be secret itself.
func post(ctx context.Context, client *http.Client, to, secret string, body []byte) (status int, answer string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return 0, "", bare(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "weir")
	if secret != "" {
		timestamp := strconv.FormatInt(time.Now().Unix(), 10)
		req.Header.Set("X-Weir-Timestamp", timestamp)
		req.Header.Set("X-Weir-Signature", Sign(secret, timestamp, body))
	}
	status, text, err := send(client, req)
	return status, shorten(text), err
}

// send makes one call.
func send(client *http.Client, req *http.Request) (status int, answer []byte, err error) {
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, bare(err)
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(answer) > maxAnswer {
		err = fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	return resp.StatusCode, answer, bare(err)
}

// bare is err without the URL.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// shorten keeps an answer to one line.
func shorten(text []byte) string {
	if len(text) > maxText {
		text = append(text[:maxText:maxText], "…"...)
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(string(text), "?")), " ")
}

// hostOf is what may be told of an address.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// pause returns after d, or false when ctx ends.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
