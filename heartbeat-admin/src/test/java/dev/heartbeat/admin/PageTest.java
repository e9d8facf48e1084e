package dev.heartbeat.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heartbeat.HeartbeatClient;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The live page in a real browser. Skipped where no Chromium is installed. With
 * {@code -Dpage.screenshots=FOLDER} it leaves pictures there.
 */
@Timeout(120)
@Tag("once")
final class PageTest {
    private static final String MARKUP = "<img src=x onerror=document.title='attacked'>";

    @TempDir
    private Path profile;

    @BeforeEach
    void requireBrowser() {
        assumeTrue(Browser.program() != null, "no Chromium is installed");
    }

    @Test
    void fleetIsShownLiveAndSearched() throws Exception {
        try (Fleet fleet = new Fleet().started();
                Browser browser = new Browser(profile)) {
            for (int i = 0; i < 60; i++) {
                fleet.node("pump-" + i, Map.of("note", MARKUP));
            }
            long beginNs = System.nanoTime();
            browser.size(1200, 1400, false);
            browser.open(fleet.adminUri("/"));
            browser.await("document.querySelector('[data-key=online]')?.textContent === '60'");
            System.out.printf("page shows the fleet after %d ms%n", (System.nanoTime() - beginNs) / 1_000_000);
            browser.await("document.querySelectorAll('#rows tr').length === 50");
            browser.await("document.getElementById('state').textContent === 'running'");

            // Live: a node that leaves is an event, and no longer online.
            fleet.server.kick("pump-59", "test");
            browser.await("document.querySelector('[data-key=online]').textContent === '59'");
            browser.await("document.getElementById('events').innerText.includes('pump-59 offline')");

            browser.evaluate("document.getElementById('next').click()");
            browser.await("document.querySelectorAll('#rows tr').length === 10");

            // By keyboard alone: to the search field, a prefix, Enter, and the node's button.
            browser.evaluate("document.querySelector('[name=prefix]').focus()");
            browser.type("pump-7");
            browser.press("Enter", 13);
            browser.await("document.querySelectorAll('#rows tr').length === 1");
            browser.evaluate("document.querySelector('#rows button').focus()");
            browser.press("Enter", 13);
            browser.await("document.getElementById('node').open");
            browser.await("document.getElementById('node-values').innerText.includes('onerror')");
            assertThat(browser.evaluate("document.querySelectorAll('#node img').length"))
                    .isEqualTo(0);
            assertThat(browser.evaluate("document.title")).isEqualTo("Heartbeat");
            browser.press("Escape", 27);
            browser.await("!document.getElementById('node').open");

            // A chart says its values to a screen reader, and arrow keys move through time.
            browser.evaluate("document.querySelector('svg.chart').focus()");
            browser.press("ArrowLeft", 37);
            browser.await("document.querySelector('svg.chart .cursor').getAttribute('visibility') === 'visible'");
            assertThat((String) browser.evaluate("document.querySelector('svg.chart').getAttribute('aria-label')"))
                    .startsWith("Nodes online at ")
                    .contains("online ");
        }
    }

    @Test
    void nothingIsWiderThanASmallScreen() throws Exception {
        try (Fleet fleet = new Fleet().started();
                Browser browser = new Browser(profile)) {
            fleet.node("n".repeat(100), Map.of());
            browser.size(400, 800, true);
            browser.open(fleet.adminUri("/"));
            browser.await("document.querySelectorAll('#rows tr').length === 1");
            browser.await("document.querySelector('[data-key=online]')?.textContent === '1'");
            assertThat(browser.evaluate("document.documentElement.scrollWidth <= 400"))
                    .isEqualTo(true);
            assertThat((String) browser.evaluate("getComputedStyle(document.body).backgroundColor"))
                    .isEqualTo("rgb(16, 21, 20)");
        }
    }

    @Test
    void tokenIsAskedForAndNeverPartOfAnAddress() throws Exception {
        try (Fleet fleet = new Fleet(options -> options.token(() -> "geheim")).started();
                Browser browser = new Browser(profile)) {
            fleet.node("n1", Map.of());
            browser.open(fleet.adminUri("/"));
            browser.await("document.getElementById('sign-in')?.open === true");
            signIn(browser, "wrong");
            browser.await("document.getElementById('sign-in').open"
                    + " && document.getElementById('sign-in-result').textContent.includes('does not take')");
            signIn(browser, "geheim");
            browser.await("document.querySelector('[data-key=online]').textContent === '1'");
            assertThat((String) browser.evaluate("performance.getEntries().map(entry => entry.name).join() + location"))
                    .doesNotContain("geheim");
        }
    }

    private static void signIn(Browser browser, String token) throws Exception {
        browser.evaluate("document.getElementById('token').focus()");
        browser.type(token);
        browser.press("Enter", 13);
    }

    @Test
    void pageGoesOnWhenTheServerIsBack() throws Exception {
        try (Browser browser = new Browser(profile)) {
            int port;
            try (Fleet fleet = new Fleet().started()) {
                port = fleet.admin.adminAddress().getPort();
                browser.open(fleet.adminUri("/"));
                browser.await("document.getElementById('state')?.textContent === 'running'");
            }
            browser.await("document.getElementById('state').textContent.includes('trying again')");
            try (Fleet fleet = new Fleet(options -> options.admin("127.0.0.1", port)).started()) {
                fleet.node("n1", Map.of());
                browser.await("document.querySelector('[data-key=online]').textContent === '1'");
            }
        }
    }

    /** The pictures of the docs: a fleet that works for a while, and loses some nodes. */
    @Test
    @Tag("long")
    void picturesForTheDocs() throws Exception {
        String folder = System.getProperty("page.screenshots");
        assumeTrue(folder != null, "no folder was given for them");
        Files.createDirectories(Path.of(folder));
        try (Fleet fleet = new Fleet().started();
                Browser browser = new Browser(profile)) {
            HeartbeatClient[] clients = new HeartbeatClient[200];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = fleet.node("pump-" + i, Map.of("zone", i % 2 == 0 ? "eu" : "us"));
            }
            browser.open(fleet.adminUri("/"));
            for (int round = 0; round < 800; round++) {
                for (int i = 0; i < 5 + round % 7; i++) {
                    clients[(round + i) % 150].trySend(ByteBuffer.allocate(20));
                }
                if (round % 100 == 99) {
                    clients[199 - round / 100].close();
                }
                Thread.sleep(100);
            }
            browser.size(1200, 1250, false);
            browser.screenshot(Path.of(folder, "page-light.png"));
            browser.size(400, 1000, true);
            browser.screenshot(Path.of(folder, "page-dark-small.png"));
        }
    }
}
