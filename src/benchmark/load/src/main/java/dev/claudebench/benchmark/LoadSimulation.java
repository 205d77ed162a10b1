package dev.claudebench.benchmark;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.bodyString;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.doIfOrElse;
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

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import io.gatling.javaapi.http.HttpRequestActionBuilder;

/** The driver: what Gatling runs in a process of its own. Calls that do not count bear the name of warm-up. */
public final class LoadSimulation extends Simulation {
    private static final String WARM_UP = "warm-up";
    private static final String FLOOR = "floor";
    private static final String PREPARE = "prepare";
    private static final Pattern ERROR_CODE = Pattern.compile("\"code\":(-?\\d+)");
    /** Of {@link #mix}, on average. */
    private static final double CALLS_PER_ROUND = 0.87 + 0.043 + 0.087 * 3;
    private static final String SENT = "sent";
    private static final String WORKER = "worker";
    private static final String TASK = "task";

    private final Load load = Load.received();
    private final Calls calls = new Calls(load.load().fleet());
    private final Latencies latencies = new Latencies();
    private final Latencies floorLatencies = new Latencies();
    private volatile long begun = System.nanoTime();

    /** Found by Gatling, by its name. */
    public LoadSimulation() {
        HttpProtocolBuilder protocol = http.baseUrl(Load.option("base"))
                .contentTypeHeader("application/json")
                .acceptHeader("application/json")
                .userAgentHeader("benchmark")
                .disableCaching()
                .disableFollowRedirect()
                // an answer may be 200 and still be an error: that of a call that failed
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
        Plan plan = load.plan();
        new Latencies.Tallies(latencies.tally(plan.rounds()), floorLatencies.tally(plan.hasFloor() ? plan.rounds() : 0))
                .write(Path.of(Load.option("latencies")));
    }

    /** Clients come at once, and go at once when they have had their share of the time; then the next ones come. */
    private PopulationBuilder visits(List<Integer> left) {
        Duration share = load.plan().total().dividedBy(load.visits().size());
        ChainBuilder turn = load.plan().hasFloor()
                ? doIfOrElse(session -> now().floor()).then(floor()).orElse(work())
                : work();
        PopulationBuilder visit = scenario(load.title() + ", " + left.size() + " left")
                .exec(prepared(), during(share, false).on(turn))
                .injectOpen(atOnceUsers(left.get(0)));
        return left.size() == 1 ? visit : visit.andThen(visits(left.subList(1, left.size())));
    }

    private ChainBuilder prepared() {
        if (load.load() != Case.TASKS) {
            return exec(session -> session);
        }
        return exec(session -> session.set(WORKER, "w" + session.userId()))
                .exec(timed(PREPARE, http(PREPARE).post("/rpc")
                        .body(StringBody(session -> calls.register(worker(session), "worker")))));
    }

    private ChainBuilder work() {
        String name = load.load().label();
        return switch (load.load()) {
            case FLOOR_ROUTE, REGISTER, REGISTER_UNLIMITED -> register();
            case RENEW -> timed(name, rpc(name, session -> calls.renew()));
            case HEARTBEAT -> heartbeat();
            case MIX, MIX_OPEN -> mix();
            case TASKS -> taskRound();
        };
    }

    /** Creates a task, claims one, which need not be the same, and completes that. */
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
        return post(name, "/rpc", body);
    }

    private HttpRequestActionBuilder post(String name, String path, Function<Session, String> body) {
        return http(session -> now().counts() ? name : WARM_UP).post(path).body(StringBody(body));
    }

    private ChainBuilder floor() {
        return timed(FLOOR, post(FLOOR, Load.option("floor") + "/floor", session -> calls.register()), floorLatencies);
    }

    private ChainBuilder timed(String name, HttpRequestActionBuilder request) {
        return timed(name, request, latencies);
    }

    private ChainBuilder timed(String name, HttpRequestActionBuilder request, Latencies kept) {
        return exec(session -> session.set(SENT, System.nanoTime())).exec(request).exec(session -> {
            long sent = session.getLong(SENT);
            kept.count(session.isFailed());
            Plan.Now then = load.plan().at(sent - begun);
            // a task that was begun late may be completed in the other's turn
            if (then.counts() && then.floor() == (kept == floorLatencies)) {
                kept.add(name, then.round(), System.nanoTime() - sent);
            }
            return session.markAsSucceeded();
        });
    }

    private Plan.Now now() {
        return load.plan().at(System.nanoTime() - begun);
    }

    /** Refuses an answer without a result. Gatling tells errors apart by the text, so that has their code and no more. */
    private static String checked(String answer, Session session) {
        if (answer.contains("\"result\"")) {
            return answer;
        }
        Matcher code = ERROR_CODE.matcher(answer);
        throw new IllegalStateException(code.find() ? code.group(1) : "no answer of JSON-RPC");
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

    /** Mostly heartbeats: of a fleet of 10,000 there are 1,000 in a second, 50 new instances, and 100 tasks with three calls each. */
    private ChainBuilder mix() {
        return randomSwitch().on(percent(87).then(heartbeat()), percent(4.3).then(register()),
                percent(8.7).then(exec(session -> session.set(WORKER, calls.worker())), taskRound()));
    }

    /**
     * Calls come when their time is there, whatever the answers take: the open model. Clients of the closed one warm the service up
     * before; then arrivals come ever faster for a while, for the driver's sake.
     */
    private PopulationBuilder arrivals() {
        double rounds = load.perSecond() / CALLS_PER_ROUND;
        Duration half = load.plan().warmup().dividedBy(2);
        return scenario(WARM_UP).exec(during(half, false).on(mix()))
                .injectOpen(atOnceUsers(load.visits().get(0)))
                .andThen(scenario(load.title()).exec(mix())
                        .injectOpen(rampUsersPerSec(1).to(rounds).during(half),
                                constantUsersPerSec(rounds).during(load.plan().turn())));
    }
}
