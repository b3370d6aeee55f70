using System.Net;

namespace Berth.Runner.Coordinator;

/// <summary>The coordinator said no, or something that is no answer; the message is for people.</summary>
internal sealed class CoordinatorException(string message, HttpStatusCode? status = null) : Exception(message)
{
    public HttpStatusCode? Status { get; } = status;
}
