package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

/** What is wrong with a dashboard and no query shows. PrometheusIT has the queries. */
class DashboardTest {
    private static final int COLUMNS = 24;
    private static final String OF_THE_FLEET = "claudebench_(instances|leader|tasks|fleet|state)";

    private final Dashboard dashboard = new Dashboard();

    @Test
    void panelsHaveNumbersOfTheirOwnAndDoNotOverlap() {
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode element : dashboard.elements()) {
            assertThat(ids.add(element.get("id").intValue())).as("%s has an id of its own", element.get("title"))
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

    /** What every replica shows alike would be counted once a replica, and the series of another fleet be mixed in. */
    @Test
    void theFleetIsNeverSummedAndTheJobAlwaysNamed() {
        assertThat(dashboard.queries()).allSatisfy(query -> {
            Expression expression = new Expression(query.expression());
            assertThat(expression.selectors()).isNotEmpty()
                    .allSatisfy(selector -> assertThat(selector).contains("job=\"claudebench\""));
            if (expression.selectors()
                    .stream()
                    .anyMatch(name -> name.matches(OF_THE_FLEET + ".*"))) {
                assertThat(query.expression()).contains("max")
                        .doesNotContainPattern(
                                "(sum|avg|count)\\b(?! by \\(instance\\))[^(]*(\\([^()]*\\)\\s*)?\\(+((rate|increase)\\()?"
                                        + OF_THE_FLEET);
            }
        });
    }
}
