package dev.claudebench.bench;

import java.util.List;
import java.util.Optional;

import org.eclipse.microprofile.config.spi.Converter;

import dev.claudebench.config.Bounds;
import dev.claudebench.method.Bench;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** Which benches there may be. */
@ConfigMapping(prefix = "claudebench.bench")
public interface BenchConfig {

    /** Maximum number of benches beside {@code default}. */
    @WithDefault("1000")
    @WithConverter(Bounds.AtLeastOne.class)
    int max();

    /** The only benches beside {@code default}; any if left out. */
    Optional<List<@WithConverter(BenchName.class) Bench>> names();

    final class BenchName implements Converter<Bench> {
        @Override
        public Bench convert(String value) {
            return new Bench(value);
        }
    }
}
