package peers

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// NGINX is a master and as many workers as there are cores.
func NGINX() Peer {
	return Peer{
		Name: "nginx", Path: "nginx", Install: "apt-get install nginx-light libnginx-mod-stream", SNI: true, GRPC: true,
		template: "nginx.conf.tmpl", version: []string{"-v"},
		args: func(config string) []string {
			return []string{"-p", filepath.Dir(config), "-c", config, "-e", "stderr"}
		},
	}
}

// nginxModules returns the folder of the stream module, or nothing when it is
// built in.
func nginxModules(program string) string {
	flags, err := exec.Command(program, "-V").CombinedOutput()
	if err != nil {
		return ""
	}
	dir := regexp.MustCompile(`--modules-path=(\S+)`).FindSubmatch(flags)
	if dir == nil {
		return ""
	}
	if _, err := os.Stat(filepath.Join(string(dir[1]), "ngx_stream_module.so")); err != nil {
		return ""
	}
	return string(dir[1])
}
