package http2

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"google.golang.org/grpc/codes"
	pb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/status"
)

// collector is a target by hand that refuses the first stream in one of many
// ways, at the first frame that shows it, and takes the bodies of the others.
type collector struct {
	refuse func(fr *http2.Framer, id uint32) (goOn bool)
	at     http2.FrameType // the frame that makes it refuse
	after  int             // bytes of the body
	got    map[string]int  // bytes by connection and stream
	want   int
}

func (c *collector) frame(fr *http2.Framer, n int, f http2.Frame) (goOn bool) {
	id := f.Header().StreamID
	d, isData := f.(*http2.DataFrame)
	if n == 1 && id == 1 {
		if isData {
			c.after -= len(d.Data())
		}
		return f.Header().Type != c.at || c.after > 0 || c.refuse(fr, id)
	}
	if !isData {
		return true
	}
	at := fmt.Sprint(n, id)
	c.got[at] += len(d.Data())
	fr.WriteWindowUpdate(0, max(1, d.Length))
	fr.WriteWindowUpdate(id, max(1, d.Length))
	if !d.StreamEnded() {
		return true
	}
	if c.got[at] != c.want {
		fr.WriteRSTStream(id, http2.ErrCodeInternal)
		return true
	}
	return ok(fr, id)
}

// TestRefusedBodyIsSentAgain has a target refuse a request with a body.
func TestRefusedBodyIsSentAgain(t *testing.T) {
	refused := func(fr *http2.Framer, id uint32) bool { fr.WriteRSTStream(id, http2.ErrCodeRefusedStream); return true }
	goaway := func(fr *http2.Framer, id uint32) bool { fr.WriteGoAway(0, http2.ErrCodeNo, nil); return true }
	cancelled := func(fr *http2.Framer, id uint32) bool { fr.WriteRSTStream(id, http2.ErrCodeCancel); return true }
	cut := func(*http2.Framer, uint32) bool { return false }
	for _, tt := range []struct {
		name   string
		refuse func(*http2.Framer, uint32) bool
		at     http2.FrameType
		size   int
		status int
	}{
		{"refused at the head", refused, http2.FrameHeaders, 5000, 200},
		{"refused in the body", refused, http2.FrameData, 12000, 200},
		{"connection goes away at the head", goaway, http2.FrameHeaders, 5000, 200},
		{"connection goes away in the body", goaway, http2.FrameData, 12000, 200},
		{"refused when more is gone than is kept", refused, http2.FrameData, 100000, 502},
		{"cancelled: the target may have acted", cancelled, http2.FrameHeaders, 5000, 502},
		{"cut: the target may have acted", cut, http2.FrameData, 5000, 502},
	} {
		for _, front := range []string{"whole", "streamed"} {
			t.Run(front+" "+tt.name, func(t *testing.T) {
				to := &collector{refuse: tt.refuse, at: tt.at, got: map[string]int{}, want: tt.size}
				if tt.size > 2*bufferSize {
					to.after = 2 * bufferSize
				}
				c := chainTo(t, startFrames(t, to.frame), false)
				req, _ := http.NewRequestWithContext(t.Context(), "POST", c.url("/"), bytes.NewReader(make([]byte, tt.size)))
				if front == "streamed" {
					req.Body, req.ContentLength = io.NopCloser(slowly{req.Body}), -1
				}
				res, err := c.client.Do(req)
				if err != nil || res.StatusCode != tt.status {
					t.Errorf("%v, %v, want status %d", res, err, tt.status)
				}
			})
		}
	}
}

// slowly reads 1000 bytes at a time.
type slowly struct{ io.Reader }

func (s slowly) Read(p []byte) (int, error) { return s.Reader.Read(p[:min(len(p), 1000)]) }

// TestResetOfATargetIsTheStatusOfACall passes on what a reset means to gRPC,
// before and after the head.
func TestResetOfATargetIsTheStatusOfACall(t *testing.T) {
	for _, tt := range []struct {
		code http2.ErrCode
		want codes.Code
	}{
		{http2.ErrCodeCancel, codes.Canceled},
		{http2.ErrCodeEnhanceYourCalm, codes.ResourceExhausted},
		{http2.ErrCodeInternal, codes.Internal},
		{http2.ErrCodeRefusedStream, codes.Unavailable},
	} {
		for _, head := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v after the head %v", tt.code, head), func(t *testing.T) {
				if head && tt.code == http2.ErrCodeRefusedStream {
					t.Skip("no target refuses what it has begun to answer")
				}
				c := chainTo(t, startScript(t, func(fr *http2.Framer, n int, id uint32) bool {
					if head {
						fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndHeaders: true,
							BlockFragment: (&peer{}).encode(":status", "200", "content-type", "application/grpc")})
					}
					fr.WriteRSTStream(id, tt.code)
					return true
				}), false)
				c.chooser.Wait = briefly
				err := dialGRPC(t, c).Invoke(limited(t), "/a.test/Call", &pb.Empty{}, &pb.Empty{})
				if status.Code(err) != tt.want {
					t.Errorf("%v, want %v", err, tt.want)
				}
			})
		}
	}
}

// TestResetOfATargetIsA502 where the target resets the stream of what is no gRPC.
func TestResetOfATargetIsA502(t *testing.T) {
	c := chainTo(t, startScript(t, func(fr *http2.Framer, n int, id uint32) bool {
		fr.WriteRSTStream(id, http2.ErrCodeCancel)
		return id < 5
	}), false)
	res, err := c.client.Post(c.url("/"), "text/plain", strings.NewReader("x"))
	if err != nil || res.StatusCode != 502 {
		t.Errorf("%v, %v, want a 502", res, err)
	}
}

// TestRefusedStreamGoesOn has a target refuse a body that the client is still
// sending.
func TestRefusedStreamGoesOn(t *testing.T) {
	again := make(chan struct{}, 2)
	to := &collector{at: http2.FrameData, got: map[string]int{}, want: 12, refuse: func(fr *http2.Framer, id uint32) bool {
		fr.WriteRSTStream(id, http2.ErrCodeRefusedStream)
		again <- struct{}{}
		return true
	}}
	c := chainTo(t, startFrames(t, to.frame), false)
	p := dialPeer(t, c.front)
	p.head(1, false, post()...)
	p.fr.WriteData(1, false, []byte("begin "))
	next(t, again)
	p.fr.WriteData(1, true, []byte("ended."))
	if s := p.over(1); s.verdict() != "200" {
		t.Errorf("got %s, want 200", s.verdict())
	}
}
