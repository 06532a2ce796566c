package com.acme.research;

public record Verdict(boolean publish, String remark) {}
