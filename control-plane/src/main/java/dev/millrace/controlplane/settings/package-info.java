/**
 * The settings of the server: {@link dev.millrace.controlplane.settings.Settings} is what they are and what they are when nobody
 * says anything; {@link dev.millrace.controlplane.settings.SettingsReader} reads them from files, environment and command line
 * and lists everything that is wrong with them at once.
 */
package dev.millrace.controlplane.settings;
