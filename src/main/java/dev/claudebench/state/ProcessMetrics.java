package dev.claudebench.state;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

import jakarta.inject.Singleton;

import com.sun.management.OperatingSystemMXBean;

import dev.claudebench.config.ServiceVersion;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** The build, and what Prometheus's own clients export of each process, under the names of those, which Micrometer has no binder for. */
@Singleton
class ProcessMetrics implements MeterBinder {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    private final ServiceVersion service;

    ProcessMetrics(ServiceVersion service) {
        this.service = service;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("claudebench.build.info", () -> 1)
                .description("1; the labels say which build of the service runs")
                .tag("version", service.version())
                .tag("commit", service.commit())
                .register(registry);
        FunctionCounter
                .builder("process.cpu", ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class),
                        system -> system.getProcessCpuTime() / 1e9)
                .description("CPU time of the process, of the user and of the system")
                .baseUnit("seconds")
                .register(registry);
        if (Files.isReadable(STATUS)) {
            Gauge.builder("process.resident.memory", ProcessMetrics::residentBytes)
                    .description("Resident memory of the process")
                    .baseUnit("bytes")
                    .register(registry);
        }
    }

    /** Only Linux tells it. */
    private static double residentBytes() {
        try {
            return Files.readAllLines(STATUS)
                    .stream()
                    .filter(line -> line.startsWith(RESIDENT))
                    .mapToDouble(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
