package dev.claudebench.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;

/** The Grafana dashboard in deploy. */
final class Dashboard {
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");
    private static final Pattern LEGEND_LABEL = Pattern.compile("\\{\\{(\\w+)}}");

    private final JsonNode json;

    /**
     * A PromQL query of a panel.
     *
     * @param labels the labels in the legend
     */
    record Query(String panel, String expression, Set<String> labels) {}

    Dashboard() {
        try {
            json = Json.read(Files.readString(Path.of("deploy", "grafana", "dashboards", "claudebench.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the panels, without rows. */
    List<JsonNode> panels() {
        List<JsonNode> panels = new ArrayList<>();
        json.get("panels").forEach(panel -> {
            if (!panel.get("type").asText().equals("row")) {
                panels.add(panel);
            }
        });
        return panels;
    }

    /** Returns the panels and rows. */
    JsonNode elements() {
        return json.get("panels");
    }

    /** Returns the queries of all panels, for the job {@code claudebench}. */
    List<Query> queries() {
        List<Query> queries = new ArrayList<>();
        for (JsonNode panel : panels()) {
            for (JsonNode target : panel.get("targets")) {
                Set<String> labels = new TreeSet<>();
                LEGEND_LABEL.matcher(target.get("legendFormat").asText())
                        .results()
                        .forEach(label -> labels.add(label.group(1)));
                String expression = target.get("expr")
                        .asText()
                        .replace("$job", "claudebench")
                        .replace("$bench", "default")
                        .replace("$__rate_interval", "1m");
                queries.add(new Query(panel.get("title").asText(), expression, labels));
            }
        }
        return queries;
    }

    /** Returns an expression with the series and the label that the variable {@code job} is read from. */
    String jobs() {
        for (JsonNode variable : json.at("/templating/list")) {
            if (variable.get("name").asText().equals("job")) {
                return LABEL_VALUES.matcher(variable.get("query").asText()).replaceAll("count by ($2) ($1)");
            }
        }
        throw new IllegalStateException("the dashboard has no variable `job`");
    }
}
