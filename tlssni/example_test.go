package tlssni_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"weir/tlssni"
)

func ExampleRead() {
	client, server := net.Pipe()
	go tls.Client(client, &tls.Config{ServerName: "App.Example.com", NextProtos: []string{"h2"}}).Handshake()

	server.SetReadDeadline(time.Now().Add(5 * time.Second)) // for the whole hello
	hello, read, err := tlssni.Read(server, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(hello.ServerName, hello.ALPN)

	// Whoever ends TLS gets the connection as if nothing had been read.
	again := tlssni.NewReplay(server, read)
	first := make([]byte, 1)
	again.Read(first)
	fmt.Println(first)
	server.Close()
	// Output:
	// app.example.com [h2]
	// [22]
}
