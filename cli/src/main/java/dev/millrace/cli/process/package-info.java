/**
 * The processes that commands start: where their programs and files are, how they are watched and how they are ended.
 * Only processes that this command started are ever ended, by their handle; one that an earlier command left behind is
 * recognised by its number together with the moment it began.
 */
package dev.millrace.cli.process;
