package dev.heartbeat.planted;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The bus, the testkit and tests loaded once more, apart from those that run, with other classes in
 * the place of some. The replacements are compiled into memory: nothing of a bug ever comes near a
 * jar.
 */
public final class BuggyClasses extends ClassLoader {
    private static final String OURS = "dev.heartbeat.";
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);
    /** The class files that are nobody's bug, read once. */
    private static final Map<String, byte[]> UNTOUCHED = new ConcurrentHashMap<>();

    private final Map<String, byte[]> planted;

    private BuggyClasses(Map<String, byte[]> planted) {
        super(BuggyClasses.class.getClassLoader());
        this.planted = planted;
    }

    /** {@return all classes as they are, through the same machinery} */
    public static BuggyClasses without() {
        return new BuggyClasses(Map.of());
    }

    /** {@return all classes, with this bug} */
    public static BuggyClasses with(PlantedBug bug) {
        return new BuggyClasses(compile(bug.source(), bug.mutated()));
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = planted.get(name);
        if (bytes == null) {
            bytes = UNTOUCHED.computeIfAbsent(name, this::classFile);
        }
        if (bytes.length == 0) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] classFile(String name) {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            return in == null ? new byte[0] : in.readAllBytes();
        } catch (IOException e) {
            throw new LinkageError(name, e);
        }
    }

    // ---- compiling

    /** One at a time, so that the jars are opened once. */
    private static synchronized Map<String, byte[]> compile(String path, String source) {
        DiagnosticCollector<JavaFileObject> complaints = new DiagnosticCollector<>();
        JavaFileObject file = new SimpleJavaFileObject(URI.create("planted:///" + path), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        Memory memory = new Memory(FILES);
        List<String> options = List.of(
                "-proc:none",
                "-implicit:none",
                "-nowarn",
                "-parameters",
                "-classpath",
                System.getProperty("java.class.path"));
        boolean compiled = COMPILER.getTask(null, memory, complaints, options, null, List.of(file))
                .call();
        if (!compiled) {
            throw new IllegalArgumentException(path + " does not compile: "
                    + complaints.getDiagnostics().stream()
                            .filter(complaint -> complaint.getKind() == Diagnostic.Kind.ERROR)
                            .toList());
        }
        return memory.classes();
    }

    /** The compiler's output. */
    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> written = new HashMap<>();

        Memory(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("planted:///" + className), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return written.computeIfAbsent(className, name -> new ByteArrayOutputStream());
                }
            };
        }

        Map<String, byte[]> classes() {
            Map<String, byte[]> classes = new HashMap<>();
            written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
            return classes;
        }
    }
}
