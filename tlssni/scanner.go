package tlssni

import "fmt"

const (
	recordHeader    = 5
	recordHandshake = 22
	maxRecord       = 1 << 14 // RFC 8446 section 5.1
	messageHeader   = 4
	messageHello    = 1
)

// Scanner finds the end of a ClientHello while its bytes arrive, over any
// number of segments and TLS records. It looks at every byte once and refuses
// at the first one that decides. The zero value is ready.
type Scanner struct {
	pos     int                 // bytes looked at
	left    int                 // bytes of the current record after pos
	have    int                 // bytes of the message seen
	need    int                 // bytes of the message; 0 until its header was seen
	head    [messageHeader]byte // as far as it was seen
	records int
}

// Scan goes on over raw, which holds all bytes read so far, from the first on.
// It reports whether the ClientHello is whole; bytes may follow it.
func (s *Scanner) Scan(raw []byte) (whole bool, err error) {
	for {
		if s.left == 0 {
			if whole = s.need > 0 && s.have == s.need; whole {
				return true, nil
			}
			if err := s.record(raw[s.pos:]); err != nil || s.left == 0 {
				return false, err
			}
		}
		body := raw[s.pos:min(s.pos+s.left, len(raw))]
		if len(body) == 0 {
			return false, nil
		}
		s.pos += len(body)
		s.left -= len(body)
		if err := s.body(body); err != nil {
			return false, err
		}
	}
}

// record reads a record header as far as it is there.
func (s *Scanner) record(b []byte) error {
	if len(b) > 0 && b[0] != recordHandshake {
		return fmt.Errorf("no TLS handshake: a record begins with 0x%02x, want 0x%02x", b[0], recordHandshake)
	}
	if len(b) > 1 && b[1] != 3 {
		return fmt.Errorf("no TLS handshake: a record has major version %d, want 3", b[1])
	}
	if len(b) < recordHeader {
		return nil
	}
	n := int(b[3])<<8 | int(b[4])
	switch {
	case n == 0:
		return fmt.Errorf("record %d of the ClientHello is empty", s.records+1)
	case n > maxRecord:
		return fmt.Errorf("record of %d bytes, want at most %d", n, maxRecord)
	case s.need > 0 && s.have+n > s.need:
		return s.excess()
	}
	s.pos += recordHeader
	s.left = n
	s.records++
	return nil
}

// body reads the part of the message that a record holds.
func (s *Scanner) body(b []byte) error {
	if s.have < messageHeader {
		copy(s.head[s.have:], b)
	}
	s.have += len(b)
	if s.head[0] != messageHello {
		return fmt.Errorf("handshake message of type %d, want %d, a ClientHello", s.head[0], messageHello)
	}
	if s.need > 0 || s.have < messageHeader {
		return nil
	}
	n := int(s.head[1])<<16 | int(s.head[2])<<8 | int(s.head[3])
	if n > MaxHello {
		return fmt.Errorf("ClientHello of %d bytes, want at most %d", n, MaxHello)
	}
	if s.need = messageHeader + n; s.have+s.left > s.need {
		return s.excess()
	}
	return nil
}

func (s *Scanner) excess() error {
	return fmt.Errorf("more than the ClientHello of %d bytes in its records", s.need-messageHeader)
}

// Hello reads the ClientHello when Scan has found its end in raw.
func (s *Scanner) Hello(raw []byte) (Hello, error) {
	return parse(s.message(raw))
}

// message is the handshake message without record headers. It shares memory
// with raw where it came in one record.
func (s *Scanner) message(raw []byte) []byte {
	if s.records == 1 {
		return raw[recordHeader : recordHeader+s.need]
	}
	joined := make([]byte, 0, s.need)
	for len(joined) < s.need {
		n := int(raw[3])<<8 | int(raw[4])
		joined = append(joined, raw[recordHeader:recordHeader+n]...)
		raw = raw[recordHeader+n:]
	}
	return joined
}
