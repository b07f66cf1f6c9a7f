package tlssni

import "golang.org/x/crypto/cryptobyte"

// checkForm checks the extensions that are not used here but by whoever ends
// TLS. A hello that every server must refuse goes to none.
func checkForm(number uint16, data cryptobyte.String) error {
	ok := true
	switch number {
	case extTimestamps, extMasterSecret, extEarlyData:
		ok = data.Empty()
	case extGroups, extSignatures, extCertSignatures:
		ok = pairs(data)
	case extStatusRequest:
		ok = statusRequest(data)
	case extPointFormats:
		ok = only8(data, 1)
	case extKeyModes, extRenegotiation:
		ok = only8(data, 0)
	case extCookie:
		var cookie cryptobyte.String
		ok = data.ReadUint16LengthPrefixed(&cookie) && data.Empty() && !cookie.Empty()
	case extKeyShare:
		ok = keyShares(data)
	case extPreSharedKey:
		ok = preSharedKeys(data)
	case extEncryptedHello:
		ok = encryptedHello(data)
	}
	if !ok {
		return errShape
	}
	return nil
}

// pairs is a list of 16-bit numbers, one at least.
func pairs(data cryptobyte.String) bool {
	var list cryptobyte.String
	return data.ReadUint16LengthPrefixed(&list) && data.Empty() && len(list) > 0 && len(list)%2 == 0
}

// only8 is a list of at least so many bytes with an 8-bit length.
func only8(data cryptobyte.String, least int) bool {
	var list cryptobyte.String
	return data.ReadUint8LengthPrefixed(&list) && data.Empty() && len(list) >= least
}

// statusRequest is of RFC 6066 section 8.
func statusRequest(data cryptobyte.String) bool {
	var responders, extensions cryptobyte.String
	return data.Skip(1) && data.ReadUint16LengthPrefixed(&responders) &&
		data.ReadUint16LengthPrefixed(&extensions) && data.Empty()
}

// keyShares is of RFC 8446 section 4.2.8. The list may be empty, a share not.
func keyShares(data cryptobyte.String) bool {
	var list cryptobyte.String
	if !data.ReadUint16LengthPrefixed(&list) || !data.Empty() {
		return false
	}
	for !list.Empty() {
		var share cryptobyte.String
		if !list.Skip(2) || !list.ReadUint16LengthPrefixed(&share) || share.Empty() {
			return false
		}
	}
	return true
}

// preSharedKeys is of RFC 8446 section 4.2.11.
func preSharedKeys(data cryptobyte.String) bool {
	var identities, binders cryptobyte.String
	if !data.ReadUint16LengthPrefixed(&identities) || !data.ReadUint16LengthPrefixed(&binders) ||
		!data.Empty() || identities.Empty() || binders.Empty() {
		return false
	}
	for !identities.Empty() {
		var label cryptobyte.String
		if !identities.ReadUint16LengthPrefixed(&label) || label.Empty() || !identities.Skip(4) {
			return false
		}
	}
	for !binders.Empty() {
		var binder cryptobyte.String
		if !binders.ReadUint8LengthPrefixed(&binder) || binder.Empty() {
			return false
		}
	}
	return true
}

// encryptedHello is of RFC 9849 section 5: an outer hello says how it is
// encrypted, an inner one nothing.
func encryptedHello(data cryptobyte.String) bool {
	const outer, inner = 0, 1
	var kind uint8
	if !data.ReadUint8(&kind) {
		return true // as crypto/tls takes it: no encrypted hello
	}
	if kind == inner {
		return data.Empty()
	}
	var encapsulated, payload cryptobyte.String
	return kind == outer && data.Skip(2+2+1) && data.ReadUint16LengthPrefixed(&encapsulated) &&
		data.ReadUint16LengthPrefixed(&payload)
}
