/// Grammars in GBNF that use everything the notation has.
enum GrammarSamples {
  static let all: [(name: String, text: String)] = [
    ("chess", chess), ("json", json), ("arithmetic", arithmetic), ("list", list), ("characters", characters),
    ("repetitions", repetitions), ("ambiguous", ambiguous), ("nullable", nullable),
    ("palindromes", palindromes),
    ("counted", counted), ("nested counters", nestedCounters), ("dates", dates),
  ]

  static let chess = #"""
    # A numbered list of moves.
    root ::= "1. " move " " move "\n" ([1-9] [0-9]? ". " move " " move "\n")+
    move ::= (pawn | nonpawn | castle) [+#]?
    nonpawn ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]
    pawn ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])?
    castle ::= "O-O" "-O"?
    """#

  static let json = #"""
    root   ::= object
    value  ::= object | array | string | number | ("true" | "false" | "null") ws

    object ::=
      "{" ws (
                string ":" ws value
        ("," ws string ":" ws value)*
      )? "}" ws

    array  ::=
      "[" ws (
                value
        ("," ws value)*
      )? "]" ws

    string ::=
      "\"" (
        [^"\\\x7F\x00-\x1F] |
        "\\" (["\\bfnrt] | "u" [0-9a-fA-F]{4}) # escapes
      )* "\"" ws

    number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws

    # Optional space: by convention, applied in this grammar after literal chars when allowed
    ws ::= | " " | "\n" [ \t]{0,20}
    """#

  static let arithmetic = #"""
    root  ::= (expr "=" space term "\n")+
    expr  ::= term ([-+*/] term)*
    term  ::= ident | num | "(" space expr ")" space
    ident ::= [a-z] [a-z0-9_]* space
    num   ::= [0-9]+ space
    space ::= [ \t\n]*
    """#

  static let list = #"""
    root ::= item+
    item ::= "- " [^\r\n\x0b\x0c\x85\u2028\u2029]+ "\n"
    """#

  static let characters = #"""
    root ::= ("é" | [à-ü] | "日本" | [一-三] "!" | "\U0001F600" | [\u00e9-\u0101x] "." | . "?" | [^a-z\]\[] "\t\"\\")*
    """#

  static let repetitions = #"""
    root ::= "a"{2} "b"{1,3} ("c" | "dd"){2,} e? [f-h]{0,2} ("i"{2}){0,2}
    e ::= "e"
      | "E" "f"?
    """#

  static let ambiguous = #"""
    root ::= a a | b
    a ::= "x" a "y" | "x" a "z" | "x"? "w"
    b ::= ("x" | "xx" | "x" "x" "w"?)+ "w"
    """#

  static let nullable = #"""
    root ::= empty maybe empty ("," maybe)* (empty | maybe)*
    maybe ::= empty | "m" maybe | empty "n" empty
    empty ::= ""
    """#

  static let palindromes = #"""
    root ::= "a" root "a" | "b" root "b" | "c" root "c" | "-"
    """#

  static let counted = #"""
    root ::= [a-z]{100,130} "-" ([0-9] [0-9]?){3,200} ("x" | "yy"){120}
    """#

  static let nestedCounters = #"""
    root ::= (("a" | "b" "c"?){0,100} ";"){2,300} "."
    """#

  static let dates = #"""
    root ::= year "-" month ("-" day)?
    year ::= [12] [0-9]{3}
    month ::= "0" [1-9] | "1" [0-2]
    day ::= "0" [1-9] | [12] [0-9] | "3" [01]
    """#
}
