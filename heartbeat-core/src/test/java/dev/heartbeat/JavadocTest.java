package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Everything an application can see has a comment; types have {@code @since}, and methods that
 * return a value have {@code @return}. The compiler checks the contents.
 */
@Tag("once")
final class JavadocTest {

    /** The exported packages. */
    private static final List<Path> API = Stream.of(
                    "core/src/main/java/dev/heartbeat",
                    "core/src/main/java/dev/heartbeat/auth",
                    "core/src/main/java/dev/heartbeat/option",
                    "core/src/main/java/dev/heartbeat/spi",
                    "nio/src/main/java/dev/heartbeat/nio",
                    "netty/src/main/java/dev/heartbeat/netty",
                    "tls/src/main/java/dev/heartbeat/tls",
                    "tls/src/main/java/dev/heartbeat/tls/spi",
                    "tls-openssl/src/main/java/dev/heartbeat/tls/openssl",
                    "auth/src/main/java/dev/heartbeat/credentials",
                    "jwt/src/main/java/dev/heartbeat/jwt",
                    "sealed/src/main/java/dev/heartbeat/sealed",
                    "jfr/src/main/java/dev/heartbeat/jfr",
                    "admin/src/main/java/dev/heartbeat/admin",
                    "histograms/src/main/java/dev/heartbeat/histograms",
                    "testkit/src/main/java/dev/heartbeat/testkit")
            .map(folder -> Path.of("../heartbeat-" + folder))
            .toList();

    /** A part of a comment that a declaration must have. */
    private enum Need {
        COMMENT {
            @Override
            boolean isMet(TreePath declaration, @Nullable String comment) {
                return comment != null;
            }
        },
        SINCE {
            @Override
            boolean isMet(TreePath declaration, @Nullable String comment) {
                return !(declaration.getParentPath().getLeaf() instanceof CompilationUnitTree)
                        || comment != null && comment.contains("@since ");
            }
        },
        RETURN {
            @Override
            boolean isMet(TreePath declaration, @Nullable String comment) {
                return !(declaration.getLeaf() instanceof MethodTree method)
                        || method.getReturnType() == null
                        || method.getReturnType().toString().equals("void")
                        || comment != null && comment.contains("@return ");
            }
        };

        abstract boolean isMet(TreePath declaration, @Nullable String comment);
    }

    @ParameterizedTest
    @EnumSource(Need.class)
    void everyPartOfTheApiHasIt(Need need) throws IOException {
        for (Path folder : API) {
            assertThat(without(need, folder)).as(folder.toString()).isEmpty();
        }
    }

    @Test
    void findsDeclarationsWithoutTags(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("Planted.java"), """
                /** @since 0.1 */
                public interface Planted {
                    /** {@return a number} */
                    int number();
                    /** A number. */
                    int other();
                    /** Does something. */
                    void act();
                }
                /** Nothing. */
                public final class Bare {}
                """);
        assertThat(without(Need.SINCE, folder)).containsExactly("Bare");
        assertThat(without(Need.RETURN, folder)).containsExactly("Planted.other");
    }

    @Test
    void findsDeclarationsWithoutComment(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("Planted.java"), """
                /** Has one. */
                public final class Planted {
                    public static final int FIELD = 1;
                    public Planted() {}
                    protected void method() {}
                    @Override public String toString() { return ""; }
                    void hidden() {}
                    public record Nested(int component) {
                        public Nested {}
                    }
                    public interface Face { void call(); }
                    /** Has one. */
                    public enum Choice { A, /** Has one. */ B }
                    private static final class Hidden { public void method() {} }
                }
                """);
        assertThat(without(Need.COMMENT, folder))
                .containsExactly(
                        "Planted.FIELD",
                        "Planted.<init>",
                        "Planted.method",
                        "Planted.Nested",
                        "Planted.Face",
                        "Planted.Face.call",
                        "Planted.Choice.A");
    }

    private static List<String> without(Need need, Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
        List<String> found = new ArrayList<>();
        if (files.isEmpty()) {
            return found;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
            DocTrees docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                for (Tree type : unit.getTypeDecls()) {
                    visit(need, docs, new TreePath(new TreePath(unit), type), "", false, found);
                }
            }
        }
        return found;
    }

    private static void visit(
            Need need, DocTrees docs, TreePath at, String prefix, boolean allPublic, List<String> found) {
        if (at.getLeaf() instanceof ClassTree type) {
            if (isVisible(type.getModifiers(), allPublic)) {
                String name = prefix + type.getSimpleName();
                check(need, docs, at, name, found);
                boolean isInterface =
                        type.getKind() == Tree.Kind.INTERFACE || type.getKind() == Tree.Kind.ANNOTATION_TYPE;
                for (Tree member : type.getMembers()) {
                    // A record's header speaks for what is written from it.
                    boolean isOfHeader = type.getKind() == Tree.Kind.RECORD
                            && (member instanceof VariableTree
                                    || member instanceof MethodTree method && isConstructor(method));
                    if (!isOfHeader) {
                        visit(need, docs, new TreePath(at, member), name + ".", isInterface, found);
                    }
                }
            }
        } else if (at.getLeaf() instanceof MethodTree method) {
            if (isVisible(method.getModifiers(), allPublic) && !overrides(method)) {
                check(need, docs, at, prefix + method.getName(), found);
            }
        } else if (at.getLeaf() instanceof VariableTree field && isVisible(field.getModifiers(), allPublic)) {
            check(need, docs, at, prefix + field.getName(), found);
        }
    }

    private static void check(Need need, DocTrees docs, TreePath at, String name, List<String> found) {
        if (!need.isMet(at, docs.getDocComment(at))) {
            found.add(name);
        }
    }

    private static boolean isVisible(ModifiersTree modifiers, boolean allPublic) {
        return allPublic && !modifiers.getFlags().contains(Modifier.PRIVATE)
                || modifiers.getFlags().contains(Modifier.PUBLIC)
                || modifiers.getFlags().contains(Modifier.PROTECTED);
    }

    private static boolean isConstructor(MethodTree method) {
        return method.getName().contentEquals("<init>");
    }

    private static boolean overrides(MethodTree method) {
        return method.getModifiers().getAnnotations().stream()
                .anyMatch(
                        annotation -> annotation.getAnnotationType().toString().equals("Override"));
    }
}
