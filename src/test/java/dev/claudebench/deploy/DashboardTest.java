package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

/** The layout of the dashboard. PrometheusIT tests the queries. */
class DashboardTest {
    private static final int COLUMNS = 24;
    private static final String FLEET_METRICS = "claudebench_(instances|leader|tasks|fleet|state)";

    private final Dashboard dashboard = new Dashboard();

    @Test
    void panelsHaveUniqueIdsAndDoNotOverlap() {
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode element : dashboard.elements()) {
            assertThat(ids.add(element.get("id").intValue())).as("%s has a unique id", element.get("title"))
                    .isTrue();
            JsonNode place = element.get("gridPos");
            int left = place.get("x").intValue();
            int right = left + place.get("w").intValue();
            int top = place.get("y").intValue();
            assertThat(right).isLessThanOrEqualTo(COLUMNS);
            for (int y = top; y < top + place.get("h").intValue(); y++) {
                for (int x = left; x < right; x++) {
                    assertThat(cells.add(x + "," + y)).as("%s overlaps another panel", element.get("title")).isTrue();
                }
            }
        }
    }

    @Test
    void everyPanelHasATitleAUnitAndTheChosenDataSource() {
        assertThat(dashboard.panels()).hasSizeGreaterThan(12).allSatisfy(panel -> {
            assertThat(panel.get("title").asText()).isNotBlank();
            assertThat(panel.at("/fieldConfig/defaults/unit").asText()).as(panel.get("title").asText()).isNotBlank();
            assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
        });
    }

    /** A sum would count the fleet once per replica. A query without a job would mix fleets. */
    @Test
    void fleetMetricsAreNotSummedAndEveryQuerySelectsTheJob() {
        assertThat(dashboard.queries()).allSatisfy(query -> {
            Expression expression = new Expression(query.expression());
            assertThat(expression.selectors()).isNotEmpty()
                    .allSatisfy(selector -> assertThat(selector).contains("job=\"claudebench\""));
            if (expression.selectors()
                    .stream()
                    .anyMatch(name -> name.matches(FLEET_METRICS + ".*"))) {
                assertThat(query.expression()).contains("max")
                        .doesNotContainPattern(
                                "(sum|avg|count)\\b(?! by \\(instance\\))[^(]*(\\([^()]*\\)\\s*)?\\(+((rate|increase)\\()?"
                                        + FLEET_METRICS);
            }
        });
    }
}
