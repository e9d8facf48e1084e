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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything an application can see has a comment. The compiler checks what the comments say. */
final class JavadocTest {

    private static final Path SOURCES = Path.of("src/main/java/dev/heartbeat");

    @Test
    void everyPartOfTheApiHasAComment() throws IOException {
        assertThat(uncommented(SOURCES)).isEmpty();
        assertThat(uncommented(SOURCES.resolve("option"))).isEmpty();
        assertThat(uncommented(SOURCES.resolve("spi"))).isEmpty();
    }

    @Test
    void findsWhatHasNone(@TempDir Path folder) throws IOException {
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
        assertThat(uncommented(folder))
                .containsExactly(
                        "Planted.FIELD",
                        "Planted.<init>",
                        "Planted.method",
                        "Planted.Nested",
                        "Planted.Face",
                        "Planted.Face.call",
                        "Planted.Choice.A");
    }

    private static List<String> uncommented(Path folder) throws IOException {
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
                    visit(docs, new TreePath(new TreePath(unit), type), "", false, found);
                }
            }
        }
        return found;
    }

    private static void visit(DocTrees docs, TreePath at, String prefix, boolean allPublic, List<String> found) {
        if (at.getLeaf() instanceof ClassTree type) {
            if (isVisible(type.getModifiers(), allPublic)) {
                String name = prefix + type.getSimpleName();
                check(docs, at, name, found);
                boolean isInterface =
                        type.getKind() == Tree.Kind.INTERFACE || type.getKind() == Tree.Kind.ANNOTATION_TYPE;
                for (Tree member : type.getMembers()) {
                    // A record's header speaks for what is written from it.
                    boolean isOfHeader = type.getKind() == Tree.Kind.RECORD
                            && (member instanceof VariableTree
                                    || member instanceof MethodTree method && isConstructor(method));
                    if (!isOfHeader) {
                        visit(docs, new TreePath(at, member), name + ".", isInterface, found);
                    }
                }
            }
        } else if (at.getLeaf() instanceof MethodTree method) {
            if (isVisible(method.getModifiers(), allPublic) && !overrides(method)) {
                check(docs, at, prefix + method.getName(), found);
            }
        } else if (at.getLeaf() instanceof VariableTree field && isVisible(field.getModifiers(), allPublic)) {
            check(docs, at, prefix + field.getName(), found);
        }
    }

    private static void check(DocTrees docs, TreePath at, String name, List<String> found) {
        if (docs.getDocComment(at) == null) {
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
