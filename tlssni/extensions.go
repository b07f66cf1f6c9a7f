package tlssni

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// Extensions whose form is checked, by their IANA numbers.
const (
	extServerName        = 0
	extStatusRequest     = 5
	extGroups            = 10
	extPointFormats      = 11
	extSignatures        = 13
	extALPN              = 16
	extTimestamps        = 18 // signed_certificate_timestamp
	extMasterSecret      = 23
	extPreSharedKey      = 41
	extEarlyData         = 42
	extSupportedVersions = 43
	extCookie            = 44
	extKeyModes          = 45
	extCertSignatures    = 50
	extKeyShare          = 51
	extEncryptedHello    = 0xfe0d
	extRenegotiation     = 0xff01
)

// parser reads the extensions of one ClientHello.
type parser struct {
	hello Hello
	seen  seen
}

// extensions reads the extensions block, which may be missing but not followed
// by anything.
func (p *parser) extensions(s cryptobyte.String) error {
	if s.Empty() {
		return nil
	}
	var all cryptobyte.String
	if !s.ReadUint16LengthPrefixed(&all) || !s.Empty() {
		return errors.New("the length of the extensions is not that of the rest of the ClientHello")
	}
	for !all.Empty() {
		var number uint16
		var data cryptobyte.String
		if !all.ReadUint16(&number) || !all.ReadUint16LengthPrefixed(&data) {
			return errors.New("the last extension is longer than the ClientHello")
		}
		if !p.seen.add(number) {
			return fmt.Errorf("extension %d is given twice", number)
		}
		if number == extPreSharedKey && !all.Empty() {
			return errors.New("pre_shared_key is not the last extension")
		}
		if err := p.extension(number, data); err != nil {
			return fmt.Errorf("extension %d: %w", number, err)
		}
	}
	return nil
}

func (p *parser) extension(number uint16, data cryptobyte.String) (err error) {
	switch number {
	case extServerName:
		p.hello.ServerName, err = serverName(data)
	case extALPN:
		p.hello.ALPN, err = protocols(data)
	case extSupportedVersions:
		p.hello.Versions, err = versions(data)
	default:
		err = checkForm(number, data)
	}
	return err
}

// serverName reads the one host name of a server_name list (RFC 6066 section 3).
func serverName(data cryptobyte.String) (name string, err error) {
	var list cryptobyte.String
	if !data.ReadUint16LengthPrefixed(&list) || !data.Empty() || list.Empty() {
		return "", errShape
	}
	for !list.Empty() {
		var kind uint8
		var value cryptobyte.String
		if !list.ReadUint8(&kind) || !list.ReadUint16LengthPrefixed(&value) || value.Empty() {
			return "", errShape
		}
		if kind != 0 {
			continue
		}
		if name != "" {
			return "", fmt.Errorf("two server names, %q and %q", name, value)
		}
		if name, err = normalName(value); err != nil {
			return "", err
		}
	}
	return name, nil
}

// protocols reads an ALPN list (RFC 7301 section 3.1).
func protocols(data cryptobyte.String) (all []string, err error) {
	var list cryptobyte.String
	if !data.ReadUint16LengthPrefixed(&list) || !data.Empty() || list.Empty() {
		return nil, errShape
	}
	for !list.Empty() {
		var value cryptobyte.String
		if !list.ReadUint8LengthPrefixed(&value) || value.Empty() {
			return nil, errShape
		}
		all = append(all, string(value))
	}
	return all, nil
}

// versions reads supported_versions (RFC 8446 section 4.2.1).
func versions(data cryptobyte.String) (all []uint16, err error) {
	var list cryptobyte.String
	if !data.ReadUint8LengthPrefixed(&list) || !data.Empty() || list.Empty() || len(list)%2 != 0 {
		return nil, errShape
	}
	all = make([]uint16, 0, len(list)/2)
	var v uint16
	for list.ReadUint16(&v) {
		all = append(all, v)
	}
	return all, nil
}
