package dev.millrace.controlplane.items;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** How the items of a chunk stand in one column: each with its length before it. Stateless. */
final class Body {
    private Body() {}

    static byte[] of(List<byte[]> items) {
        var body = ByteBuffer.allocate(
                items.stream().mapToInt(item -> Integer.BYTES + item.length).sum());
        items.forEach(item -> body.putInt(item.length).put(item));
        return body.array();
    }

    static List<byte[]> items(byte[] bytes) {
        var body = ByteBuffer.wrap(bytes);
        List<byte[]> items = new ArrayList<>();
        while (body.hasRemaining()) {
            var item = new byte[body.getInt()];
            body.get(item);
            items.add(item);
        }
        return items;
    }
}
