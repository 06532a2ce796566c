package com.acme;

import java.lang.annotation.ElementType;
import java.lang.annotation.Target;

/** Stands for any of the annotations of this name. */
@Target({ElementType.TYPE_USE})
public @interface Nullable {}
