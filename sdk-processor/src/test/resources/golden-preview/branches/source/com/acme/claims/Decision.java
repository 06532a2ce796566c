package com.acme.claims;

import java.util.List;

public record Decision(List<String> reasons) {}
