namespace Berth.Server.Access.Login;

/// <summary>A table of a fixed number of entries; a new one beyond it drops the one that was set longest ago. One thread at a time.</summary>
internal sealed class RecentTable<TKey, TValue>(int capacity) where TKey : notnull where TValue : struct
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _entries = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byAge = new();

    public int Count => _entries.Count;

    public TValue? Find(TKey key) => _entries.TryGetValue(key, out var node) ? node.Value.Value : null;

    public void Set(TKey key, TValue value)
    {
        Remove(key);
        if (_entries.Count == capacity)
            Remove(_byAge.First!.Value.Key);
        _entries[key] = _byAge.AddLast((key, value));
    }

    public void Remove(TKey key)
    {
        if (_entries.Remove(key, out var node))
            _byAge.Remove(node);
    }
}
