package dev.claudebench.benchmark;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.bodyString;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.during;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.percent;
import static io.gatling.javaapi.core.CoreDsl.rampUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.randomSwitch;
import static io.gatling.javaapi.core.CoreDsl.regex;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import io.gatling.javaapi.http.HttpRequestActionBuilder;

/** The driver, which Gatling runs in a process of its own. Calls that do not count are named warm-up. */
public final class LoadSimulation extends Simulation {
    private static final String WARM_UP = "warm-up";
    private static final String PREPARE = "prepare";
    private static final Pattern ERROR_CODE = Pattern.compile("\"code\":(-?\\d+)");
    /** Of {@link #mix}, on average. */
    private static final double CALLS_PER_ROUND = 0.87 + 0.043 + 0.087 * 3;
    private static final String PROGRAM = "program";
    private static final String SENT = "sent";
    private static final String WORKER = "worker";
    private static final String TASK = "task";

    private final Load load = Load.received();
    private final Calls calls = new Calls(load.load().fleet());
    private final List<Latencies> latencies = load.programs().stream().map(program -> new Latencies()).toList();
    private volatile long begun = System.nanoTime();

    /** Gatling finds it by the name of the class. */
    public LoadSimulation() {
        HttpProtocolBuilder protocol = http.contentTypeHeader("application/json")
                .acceptHeader("application/json")
                .userAgentHeader("benchmark")
                .disableCaching()
                .disableFollowRedirect()
                // the response to a call that failed has status 200, too
                .check(status().is(200), bodyString().validate("a result", LoadSimulation::checked));
        SetUp setUp = load.isOpen()
                ? setUp(arrivals()).protocols(protocol.shareConnections())
                : setUp(visits(load.visits())).protocols(protocol);
        setUp.assertions(global().failedRequests().count().is(0L));
    }

    @Override
    public void before() {
        begun = System.nanoTime();
    }

    @Override
    public void after() {
        new Latencies.Tallies(latencies.stream().map(one -> one.tally(load.plan().rounds())).toList())
                .write(Path.of(Load.option("latencies")));
    }

    /** The clients of a visit come at once and go at once; then those of the next visit come. */
    private PopulationBuilder visits(List<Integer> left) {
        Duration share = load.plan().total().dividedBy(load.visits().size());
        PopulationBuilder visit = scenario(load.title() + ", " + left.size() + " left")
                .exec(prepared(), during(share, false).on(turn(), work()))
                .injectOpen(atOnceUsers(left.get(0)));
        return left.size() == 1 ? visit : visit.andThen(visits(left.subList(1, left.size())));
    }

    private ChainBuilder prepared() {
        if (load.load() != Case.TASKS) {
            return exec(session -> session);
        }
        return exec(session -> session.set(WORKER, "w" + session.userId()))
                .foreach(session -> IntStream.range(0, latencies.size()).boxed().toList(), PROGRAM)
                .on(timed(PREPARE, rpc(PREPARE, session -> calls.register(worker(session), "worker"))));
    }

    /** Chooses the program of the next calls. */
    private ChainBuilder turn() {
        return exec(session -> session.set(PROGRAM, now().program()));
    }

    private ChainBuilder work() {
        String name = load.load().label();
        return switch (load.load()) {
            case REGISTER, REGISTER_UNLIMITED, REGISTER_FOLLOWED, REGISTER_KEYED -> register();
            case RENEW -> timed(name, rpc(name, session -> calls.renew()));
            case HEARTBEAT -> heartbeat();
            case MIX, MIX_OPEN -> mix();
            case TASKS -> taskRound();
        };
    }

    /** Creates a task, claims one, which may be another, and completes it. */
    private ChainBuilder taskRound() {
        return exec(timed("create", rpc("create", session -> calls.create())),
                timed("claim", rpc("claim", session -> calls.claim(worker(session)))
                        .check(regex("\"taskId\":\"([^\"]+)\"").optional().saveAs(TASK))))
                .doIf(session -> session.contains(TASK))
                .then(timed("complete", rpc("complete",
                        session -> calls.complete(text(session, TASK), worker(session)))),
                        exec(session -> session.remove(TASK)));
    }

    private HttpRequestActionBuilder rpc(String name, Function<Session, String> body) {
        return http(session -> now().counts() ? name + ", " + program(session).name() : WARM_UP)
                .post(session -> program(session).base() + "/rpc")
                .body(StringBody(body))
                .sign((request, session) -> {
                    if (program(session).name().equals(Stand.WITH_KEY)) {
                        request.getHeaders().set("Authorization", "Bearer " + Stand.KEY);
                    }
                    return request;
                });
    }

    private ChainBuilder timed(String name, HttpRequestActionBuilder request) {
        return exec(session -> session.set(SENT, System.nanoTime())).exec(request).exec(session -> {
            long sent = session.getLong(SENT);
            int program = session.getInt(PROGRAM);
            Latencies kept = latencies.get(program);
            kept.count(session.isFailed());
            Plan.Now then = load.plan().at(sent - begun);
            // a task that was begun late may be completed in the next program's turn
            if (then.counts() && then.program() == program) {
                kept.add(name, then.round(), System.nanoTime() - sent);
            }
            return session.markAsSucceeded();
        });
    }

    private Plan.Now now() {
        return load.plan().at(System.nanoTime() - begun);
    }

    /** Refuses a response without a result. Gatling groups errors by text, so the text is the code alone. */
    private static String checked(String answer, Session session) {
        if (answer.contains("\"result\"")) {
            return answer;
        }
        Matcher code = ERROR_CODE.matcher(answer);
        throw new IllegalStateException(code.find() ? code.group(1) : "no answer of JSON-RPC");
    }

    private Load.Program program(Session session) {
        return load.programs().get(session.getInt(PROGRAM));
    }

    private static String worker(Session session) {
        return text(session, WORKER);
    }

    private static String text(Session session, String name) {
        return Objects.requireNonNull(session.getString(name), name);
    }

    private ChainBuilder heartbeat() {
        return timed("heartbeat", rpc("heartbeat", session -> calls.heartbeat()));
    }

    private ChainBuilder register() {
        return timed("register", rpc("register", session -> calls.register()));
    }

    /** A fleet of 10,000 sends 1,000 heartbeats a second, 50 registrations, and 100 tasks with three calls each. */
    private ChainBuilder mix() {
        return randomSwitch().on(percent(87).then(heartbeat()), percent(4.3).then(register()),
                percent(8.7).then(exec(session -> session.set(WORKER, calls.worker())), taskRound()));
    }

    /**
     * The open model: calls begin at their time, however long the responses take. Clients of the closed model warm the service up
     * first; then the rate rises for a while, to warm the driver up.
     */
    private PopulationBuilder arrivals() {
        double rounds = load.perSecond() / CALLS_PER_ROUND;
        Duration half = load.plan().warmup().dividedBy(2);
        return scenario(WARM_UP).exec(during(half, false).on(turn(), mix()))
                .injectOpen(atOnceUsers(load.visits().get(0)))
                .andThen(scenario(load.title()).exec(turn(), mix())
                        .injectOpen(rampUsersPerSec(1).to(rounds).during(half),
                                constantUsersPerSec(rounds).during(load.plan().turn())));
    }
}
