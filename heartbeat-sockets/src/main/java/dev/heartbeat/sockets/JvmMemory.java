package dev.heartbeat.sockets;

import dev.heartbeat.spi.MemoryGauge;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Locale;

/** The memory of the virtual machine, as its management beans have it. */
final class JvmMemory implements MemoryGauge {

    private static final String MAX_DIRECT = "-XX:MaxDirectMemorySize=";

    /** Of the memory of {@code ByteBuffer.allocateDirect}, as {@link #maxDirect} bounds it. */
    private final List<BufferPoolMXBean> direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .toList();

    private final List<MemoryPoolMXBean> heap = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();

    private final double maxDirect =
            maxDirect(ManagementFactory.getRuntimeMXBean().getInputArguments());
    private final double maxHeap = Runtime.getRuntime().maxMemory();

    /** The last of the arguments that sets it counts; by default it is as much as the heap. */
    static double maxDirect(List<String> arguments) {
        double bytes = Runtime.getRuntime().maxMemory();
        for (String argument : arguments) {
            if (argument.startsWith(MAX_DIRECT)) {
                long set = bytes(argument.substring(MAX_DIRECT.length()).toLowerCase(Locale.ROOT));
                bytes = set > 0 ? set : Runtime.getRuntime().maxMemory();
            }
        }
        return bytes;
    }

    /** The virtual machine has read it before, so it is well formed. */
    private static long bytes(String text) {
        int unit = "kmgt".indexOf(text.charAt(text.length() - 1)) + 1;
        String number = unit == 0 ? text : text.substring(0, text.length() - 1);
        return Long.decode(number) << 10 * unit;
    }

    @Override
    public double direct() {
        long used = 0;
        for (BufferPoolMXBean pool : direct) {
            used += pool.getMemoryUsed();
        }
        return used / maxDirect;
    }

    @Override
    public double heapAfterCollection() {
        long used = 0;
        for (MemoryPoolMXBean pool : heap) {
            MemoryUsage left = pool.getCollectionUsage();
            used += left == null ? 0 : left.getUsed();
        }
        return used / maxHeap;
    }
}
