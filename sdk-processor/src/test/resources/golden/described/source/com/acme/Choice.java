package com.acme;

/** What they want. */
public enum Choice {
    LITTLE,
    MUCH
}
