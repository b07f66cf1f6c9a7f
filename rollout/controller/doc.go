// Package controller keeps rollouts in a store and lets them run.
//
// Every proxy watches the states and tells its publisher what they mean for the
// table. One of them, the leader, holds a lock: every few seconds, and at once
// when something has changed, it gathers what rollout.Next needs, and writes what
// comes of it in one transaction that fails if the lock is lost. Anybody may give
// a command: a compare-and-set, with no need of the leader.
//
// A state that is deleted, unreadable, or older than what is known changes
// nothing: the last good one stays in force, and a problem is listed.
//
// Without a policy in the store nothing runs but two watches.
package controller
