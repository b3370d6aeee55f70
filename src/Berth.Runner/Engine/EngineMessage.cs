using System.Text.Json;
using Docker.DotNet;

namespace Berth.Runner.Engine;

/// <summary>What the engine says is wrong, without the library's wrapping.</summary>
internal static class EngineMessage
{
    public static string Of(Exception e)
    {
        if (e is not DockerApiException { ResponseBody: { Length: > 0 } body })
            return e.InnerException is { } inner and not OperationCanceledException ? $"{e.Message} ({inner.Message})" : e.Message;
        try
        {
            using var json = JsonDocument.Parse(body);
            return "Error response from daemon: " + (json.RootElement.TryGetProperty("message", out var message) ? message.GetString() : body);
        }
        catch (JsonException)
        {
            return body;
        }
    }
}
