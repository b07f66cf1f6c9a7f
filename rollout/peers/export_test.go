package peers

// Read is read, for tests.
var Read = read
