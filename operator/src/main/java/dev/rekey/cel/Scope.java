package dev.rekey.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The names that an expression may use. A name may have dots, as {@code key.id}: then exactly that
 * is known, and {@code key.idd} is a mistake that is found when the expression is compiled.
 */
public final class Scope {
  private static final int KEPT = 500;

  private final SortedSet<String> names;
  private final CelCompiler compiler;

  /** Resources share few texts, and to compile one costs more than to look at a resource. */
  private final Map<String, Template> compiled = new HashMap<>();

  private Scope(Map<String, CelType> types) {
    this.names = new TreeSet<>(types.keySet());
    this.compiler = Engine.compiler(types);
  }

  /** Begins a scope. */
  public static Builder builder() {
    return new Builder();
  }

  /** A scope of texts alone. */
  public static Scope ofTexts(String... names) {
    return builder().texts(names).build();
  }

  /** A scope of values of which nothing is known beforehand. */
  public static Scope ofAnything(String... names) {
    return builder().anything(names).build();
  }

  /** The text as a template, compiled once. Only so many are kept: tenants write them. */
  synchronized Template template(String text) {
    var known = compiled.get(text);
    if (known != null) {
      return known;
    }
    var template = Template.read(text, this);
    if (compiled.size() >= KEPT) {
      compiled.clear();
    }
    compiled.put(text, template);
    return template;
  }

  SortedSet<String> names() {
    return names;
  }

  CelCompiler compiler() {
    return compiler;
  }

  /** Checks that every name has a value, and makes the values ones that CEL knows. */
  Map<String, Object> bind(Map<String, ?> values) {
    Map<String, Object> bound = new TreeMap<>();
    for (String name : names) {
      if (!values.containsKey(name)) {
        throw new IllegalArgumentException("no value is given for " + name);
      }
      bound.put(name, Values.toCel(values.get(name)));
    }
    return bound;
  }

  /** Collects names. */
  public static final class Builder {
    private final Map<String, CelType> types = new TreeMap<>();

    private Builder() {}

    /** Names of texts. */
    public Builder texts(String... names) {
      return add(SimpleType.STRING, names);
    }

    /** Names of whole numbers. */
    public Builder wholeNumbers(String... names) {
      return add(SimpleType.INT, names);
    }

    /** Names of maps from text to text. */
    public Builder textMaps(String... names) {
      return add(MapType.create(SimpleType.STRING, SimpleType.STRING), names);
    }

    /** Names of values of which nothing is known beforehand. */
    public Builder anything(String... names) {
      return add(SimpleType.DYN, names);
    }

    /** The scope. */
    public Scope build() {
      return new Scope(types);
    }

    private Builder add(CelType type, String... names) {
      for (String name : names) {
        types.put(name, type);
      }
      return this;
    }
  }
}
