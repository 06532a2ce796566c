package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.RunId;
import dev.millrace.engine.TenantId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.UUID;

/** The name of an approval: it says which wait of which run it is, so that it means something also when that is over. Stateless. */
final class ApprovalId {
    private ApprovalId() {}

    static String of(WaitName wait) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeLong(wait.run().value().getMostSignificantBits());
            out.writeLong(wait.run().value().getLeastSignificantBits());
            out.writeShort(wait.generation());
            out.writeShort(wait.node());
            out.writeInt(wait.element());
            out.writeShort(wait.key().count());
            out.writeUTF(wait.key().branch());
            out.writeUTF(wait.key().name());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    /**
     * The wait that is meant.
     *
     * @throws ApiException with {@link ErrorCode#PARAM_INVALID} if it is no id, with {@link ErrorCode#APPROVAL_NOT_FOUND} if it can be that
     *     of no approval
     */
    static WaitName read(TenantId tenant, String id) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes(id)))) {
            var run = new RunId(new UUID(in.readLong(), in.readLong()));
            int generation = in.readUnsignedShort();
            int node = in.readUnsignedShort();
            int element = in.readInt();
            int count = in.readUnsignedShort();
            var branch = in.readUTF();
            return new WaitName(tenant, run, generation, node, element, new CheckpointKey(branch, in.readUTF(), count));
        } catch (IllegalArgumentException | IOException e) {
            throw missing(id);
        }
    }

    private static byte[] bytes(String id) {
        try {
            return Base64.getUrlDecoder().decode(id);
        } catch (IllegalArgumentException e) {
            throw new ApiException(
                    ErrorCode.PARAM_INVALID,
                    "Parameter approvalId is \"" + id + "\", which is no id of an approval. Lists have them.",
                    "approvalId");
        }
    }

    static ApiException missing(String id) {
        return new ApiException(ErrorCode.APPROVAL_NOT_FOUND, "There is no approval " + id + ".");
    }
}
