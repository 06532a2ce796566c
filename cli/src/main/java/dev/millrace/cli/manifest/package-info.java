/**
 * The commands about manifests: they read what the compiler wrote, from a file, a jar or a directory, compare two versions or
 * show one. No control plane is needed.
 */
package dev.millrace.cli.manifest;
