package controller

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"weir/rollout/policy"
	"weir/rollout/policyfile"
	"weir/route"
	"weir/store"
)

// metaKey is the service meta that names a policy.
const metaKey = "weir-policy"

// Policy is a policy in the store, or in a file of this proxy.
type Policy struct {
	policy.Policy
	Name    string
	Text    string // as it was put; of a file the last that was good
	File    string // path of its file; empty: it is in the store
	Index   uint64 // of the last change in the store; of a file's that of one there of the same name
	Problem string // why it has no effect; empty: it has
	Stale   string // why its file as it is now does not count, and Text does; empty: it is Text
}

// maxName bounds the name of a policy, in bytes.
const maxName = 128

func policyKey(name string) string { return policies + url.PathEscape(name) }

// NameError says that a policy cannot have a name.
type NameError struct{ Name string }

func (e *NameError) Error() string {
	return fmt.Sprintf("policy name %.80q, want 1 to %d letters, digits and signs without blanks, slashes and quotes", e.Name, maxName)
}

// checkName says why a policy cannot have a name: it must fit into service meta
// and a command line.
func checkName(name string) error {
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`/\"'`, r) }
	if name == "" || len(name) > maxName || strings.ContainsFunc(name, odd) || strings.Trim(name, ".") == "" {
		return &NameError{name}
	}
	return nil
}

// parsePolicy reads a policy in the store.
func parsePolicy(e store.Entry) (p Policy) {
	p = Policy{Text: string(e.Value), Index: e.Index}
	name, err := url.PathUnescape(strings.TrimPrefix(e.Key, policies))
	p.Name = name
	if err == nil && policyKey(name) != e.Key {
		err = fmt.Errorf("%s is not the key of a policy", e.Key)
	}
	if err == nil {
		err = checkName(name)
	}
	if err == nil {
		p.Policy, err = policy.Parse(e.Value)
	}
	if err != nil {
		p.Problem = err.Error()
	}
	return p
}

// allPolicies puts the policies of files and of the store together, by name. Of
// several of one name, or for one scope, the first counts, and files come first.
func allPolicies(files []policyfile.File, stored []store.Entry) (all []Policy) {
	for _, f := range files {
		if f.Name != "" {
			all = append(all, policyOf(f))
		}
	}
	for _, e := range stored {
		all = append(all, parsePolicy(e))
	}
	names, scopes := map[string]*Policy{}, map[route.Scope]*Policy{}
	for i := range all {
		p := &all[i]
		scope := p.Scope()
		switch same := names[p.Name]; {
		case same != nil:
			p.Problem = cmp.Or(p.Problem, fmt.Sprintf("%s has a policy of this name, too, and counts", same.origin()))
		case p.Problem != "":
		case scopes[scope] != nil && scope != (route.Scope{}):
			p.Problem = fmt.Sprintf("%s is for %s, too, and %s", scopes[scope].named(), scope, p.whyAfter(scopes[scope]))
		default:
			scopes[scope] = p
		}
		if names[p.Name] == nil {
			names[p.Name] = p
		}
	}
	slices.SortStableFunc(all, func(a, b Policy) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// Policies lists the policies of this proxy's files and of the store, by name.
func (c *Controller) Policies(ctx context.Context) ([]Policy, error) {
	list, err := c.conf.Store.List(ctx, policies)
	return allPolicies(c.view.policyFiles(), list), err
}

// Policy returns one policy or store.ErrNotFound; a *NameError where a policy
// cannot have the name. A file comes before the store.
func (c *Controller) Policy(ctx context.Context, name string) (Policy, error) {
	if err := checkName(name); err != nil {
		return Policy{}, err
	}
	e, err := c.conf.Store.Get(ctx, policyKey(name))
	if f := c.fileOf(name); f != nil && (err == nil || errors.Is(err, store.ErrNotFound)) {
		f.Index = e.Index
		return *f, nil
	}
	if err != nil {
		return Policy{}, err
	}
	return parsePolicy(e), nil
}

// PutPolicy writes a policy, in YAML, JSON or HCL, if that of the name is still at
// index (0: there is none), else it returns a *store.ConflictError. What is wrong
// with the text is said as by policy.Parse, with the name as by Policy. It counts
// from the next rollout on. Where a file of this proxy has a policy of that name or
// for that service or route it is a *FileError.
func (c *Controller) PutPolicy(ctx context.Context, name, text string, index uint64) (Policy, error) {
	if err := checkName(name); err != nil {
		return Policy{}, err
	}
	p, err := policy.Parse([]byte(text))
	if err == nil {
		err = c.refuseFiles(name, p.Scope())
	}
	if err != nil {
		return Policy{}, err
	}
	e, err := c.conf.Store.CompareAndSet(ctx, policyKey(name), []byte(text), index)
	if err != nil {
		return Policy{}, err
	}
	return parsePolicy(e), nil
}

// DeletePolicy removes a policy if it is still at index, else it returns a
// *store.ConflictError. A rollout under way goes on by it. It says nothing about
// files: where one of that name counts this may be the way to tidy up behind it.
func (c *Controller) DeletePolicy(ctx context.Context, name string, index uint64) error {
	if err := checkName(name); err != nil {
		return err
	}
	return c.conf.Store.CompareAndDelete(ctx, policyKey(name), index)
}

// inForce is the policy of each scope: one that names it, else one that the
// service's instances name in their meta. Names that no policy has are problems.
func inForce(list []Policy, instances []route.Instance) (byScope map[route.Scope]*Policy, problems []route.Problem) {
	byScope, byName := map[route.Scope]*Policy{}, map[string]*Policy{}
	for i, p := range list {
		if p.Problem != "" {
			continue
		}
		byName[p.Name] = &list[i]
		if s := p.Scope(); s != (route.Scope{}) {
			byScope[s] = &list[i]
		}
	}
	named := namedBy(instances)
	for _, service := range slices.Sorted(maps.Keys(named)) {
		scope, name := route.Scope{Kind: "service", Name: service}, named[service]
		switch {
		case byName[name] == nil:
			problems = append(problems, problemOf("policy", scope, fmt.Sprintf("meta %s=%s names no policy", metaKey, name)))
		case byScope[scope] == nil:
			byScope[scope] = byName[name]
		}
	}
	return byScope, problems
}

// namedBy is the policy that most instances of each service name; the first by
// name of several.
func namedBy(instances []route.Instance) map[string]string {
	counts := map[string]map[string]int{}
	for i := range instances {
		name := instances[i].Meta[metaKey]
		if name == "" {
			continue
		}
		if counts[instances[i].Service] == nil {
			counts[instances[i].Service] = map[string]int{}
		}
		counts[instances[i].Service][name]++
	}
	named := map[string]string{}
	for service, names := range counts {
		named[service] = slices.MinFunc(slices.Collect(maps.Keys(names)), func(a, b string) int {
			return cmp.Or(cmp.Compare(names[b], names[a]), cmp.Compare(a, b))
		})
	}
	return named
}
