package com.acme;

import jakarta.validation.constraints.Size;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** A place of one's own. */
@NullMarked
public class Account {
    @Size(max = 40)
    private String name = "";

    private @Nullable String note;

    /** The name on the door. */
    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public @Nullable String getNote() {
        return note;
    }

    public void setNote(@Nullable String note) {
        this.note = note;
    }
}
