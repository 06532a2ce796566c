package com.acme;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Negative;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Past;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What somebody <b>fills in</b> to get an {@link Account}, or
 * {@linkplain Account#getName() a name}.
 *
 * <p>More of it.
 *
 * @param name how to call them,
 *     with {@code "quotes"} &amp; all
 * @param mail where to write to
 * @param choice
 */
public record Signup(
        @NotBlank @Size(max = 80) String name,
        @Email @NotNull String mail,
        @Pattern(regexp = "[A-Z]{2}") @Pattern(regexp = "[^X]*") String country,
        @Min(18) @Max(130) int age,
        @Positive long number,
        @PositiveOrZero double share,
        @Negative BigDecimal debt,
        @DecimalMin(value = "0.5", inclusive = false) @DecimalMax("9.5") BigDecimal grade,
        @NotEmpty List<@NotBlank String> tags,
        @Size(min = 1, max = 3) Map<String, @Min(1) Integer> counts,
        @Size(max = 16) byte[] key,
        Optional<@Size(min = 2) String> nick,
        @Past LocalDate born,
        @Min(value = 21, groups = Adults.class) int years,
        @NotNull Choice choice) {

    interface Adults {}
}
