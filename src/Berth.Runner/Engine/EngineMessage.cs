using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Docker.DotNet;

namespace Berth.Runner.Engine;

/// <summary>What the engine says is wrong, without the library's wrapping.</summary>
internal static class EngineMessage
{
    /// <summary>Whether it is the engine's matter, or the way to it, and no fault of this program.</summary>
    public static bool IsOutage(Exception e) =>
        Cause(e) is DockerApiException or HttpRequestException or IOException or SocketException or TimeoutException or AuthenticationException;

    public static string Of(Exception e)
    {
        e = Cause(e);
        if (e is SocketException unreachable)
            return $"the Docker engine can't be reached: {Words(unreachable)}";
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

    /// <summary>.NET has no word of its own for a socket's file that is not there, and takes one about addresses.</summary>
    public static string Words(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressNotAvailable => "there is no such socket",
        SocketError.AccessDenied => "this user may not open it (is it in the group docker?)",
        _ => e.Message,
    };

    /// <summary>The failed connection under what the library wraps around it: several addresses of one host, a request.</summary>
    public static Exception Cause(Exception e) => e switch
    {
        AggregateException { InnerExceptions: [var first, ..] } => Cause(first),
        HttpRequestException { InnerException: SocketException or AggregateException } => Cause(e.InnerException!),
        _ => e,
    };
}
