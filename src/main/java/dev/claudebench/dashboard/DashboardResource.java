package dev.claudebench.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;

/**
 * Serves the page and its libraries from the class path. Quarkus does that too, but copies each file to a cache directory first, and
 * the service must run on a read-only file system. The headers are in application.properties. Fault test: DashboardIT.
 */
@Path("/")
public class DashboardResource {
    private static final String INDEX = "index.html";
    private static final Map<String, String> TYPES = Map.of("html", "text/html", "js", "text/javascript", "css",
            "text/css", "svg", "image/svg+xml");

    /** Answers 200 with the page, or 304. */
    @GET
    public Response page(@Context Request request) throws IOException {
        return file(INDEX, request);
    }

    /**
     * Answers 200 with a file of the page or of a library, 304, or 404.
     *
     * @param path has no empty segments and no dots side by side, so that it leads nowhere else
     */
    @GET
    @Path("{path: index\\.html|(dashboard|webjars|_static)([/.][\\w-]+)+\\.(js|css|svg)}")
    public Response file(@PathParam("path") String path, @Context Request request) throws IOException {
        try (InputStream file = getClass().getResourceAsStream("/META-INF/resources/" + path)) {
            if (file == null) {
                throw new NotFoundException();
            }
            byte[] content = file.readAllBytes();
            // weak, because the content may be compressed
            EntityTag tag = new EntityTag(Integer.toHexString(Arrays.hashCode(content)), true);
            Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
            return (unchanged != null ? unchanged : Response.ok(content, typeOf(path))).tag(tag).build();
        }
    }

    private static String typeOf(String path) {
        return TYPES.get(path.substring(path.lastIndexOf('.') + 1)) + ";charset=UTF-8";
    }
}
