import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Touches pages of a cold file in compiled Java: major faults under serveRequest(). */
public class Cold {
    static int touchRow(MappedByteBuffer rows, int at) {
        return rows.get(at);
    }

    static int serveRequest(MappedByteBuffer rows, int at) {
        int sum = 0;
        for (int row = 0; row < 4; row++) {
            sum += touchRow(rows, at + row * 4096);
        }
        return sum;
    }

    public static void main(String[] args) throws Exception {
        MappedByteBuffer rows = FileChannel.open(Path.of(args[0])).map(FileChannel.MapMode.READ_ONLY, 0, 64 << 20);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        int sum = 0;
        // Until it is compiled.
        for (int round = 0; round < 300000; round++) {
            sum += serveRequest(rows, 0);
        }
        System.out.println("{\"event\":\"ready\",\"pid\":" + ProcessHandle.current().pid() + "}");
        lines.readLine();
        for (int round = 1; round <= 30; round++) {
            sum += serveRequest(rows, round << 21);
        }
        System.out.println("{\"event\":\"result\",\"sum\":" + sum + "}");
        lines.readLine();
    }
}
