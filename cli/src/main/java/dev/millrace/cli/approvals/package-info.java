/** Commands about what runs ask people. They talk to the REST API alone. */
package dev.millrace.cli.approvals;
