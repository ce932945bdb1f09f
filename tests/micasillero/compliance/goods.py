"""Goods as customers write them, in Spanish and English: those that must alarm, by the rule file
that answers for them, and everyday ones that must not. Written before the rules, without them.
"""


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


PROHIBITED_OR_RESTRICTED = {
    "weapons": _lines("""
        pistola 9mm
        Pistolas Glock 19 gen 5
        revolver calibre 38
        Revólver .357 magnum
        escopeta calibre 12
        rifle de caza
        fusil AK-47
        AR-15 lower receiver
        handgun
        hunting rifle with scope
        shotgun 12 gauge
        silenciador para pistola
        ghost gun kit 80% lower
        17 round magazine for Glock
        airsoft gun full metal
        pistola de balines co2
        rifle de aire comprimido
        crossbow with arrows
        ballesta de caceria
        """),
    "ammunition": _lines("""
        municion 9mm luger
        balas calibre 22
        cartuchos de escopeta
        caja de balas .45
        5.56 ammo 500 rounds
        shotgun shells
        hollow point bullets
        casquillos para recargar
        """),
    "explosives": _lines("""
        dinamita
        granada de mano
        pólvora negra
        polvora para recarga
        detonadores electricos
        black powder 1 lb
        blasting caps
        explosivos plasticos C-4
        """),
    "fireworks": _lines("""
        cohetes y petardos
        fuegos artificiales
        firecrackers assorted
        fireworks for new year
        juegos pirotécnicos
        sparklers 10 inch
        luces de bengala
        """),
    "drugs": _lines("""
        marihuana medicinal
        cocaína
        crystal meth
        metanfetamina
        hongos alucinógenos
        pastillas de éxtasis MDMA
        fentanilo parches
        THC gummies
        CBD oil 1000mg
        gomitas de cannabis
        semillas de marihuana feminizadas
        glass bong 12 inch
        weed grinder
        pipa para marihuana
        kratom powder
        """),
    "animals": _lines("""
        perro cachorro vivo
        live puppy
        peces vivos para acuario
        tortuga viva
        live reptiles gecko
        huevos fértiles de gallina
        abejas reinas vivas
        """),
    "plants": _lines("""
        semillas de tomate
        vegetable seeds heirloom
        plantas vivas de interior
        bulbos de tulipán
        live succulent plants
        tierra para macetas
        potting soil 20 lb
        orquideas
        esquejes de rosas
        cut flowers fresh
        """),
    "food": _lines("""
        carne de res congelada
        beef jerky teriyaki
        carne seca
        jamón serrano
        queso fresco
        parmesan cheese
        leche en polvo para bebé
        salchichas ahumadas
        frutas frescas
        manzanas frescas
        camarones congelados
        fresh vegetables
        miel de abeja
        chorizo y tocino
        """),
    "medicines": _lines("""
        amoxicilina 500 mg
        antibióticos
        jarabe para la tos
        insulina lantus
        tramadol tabletas
        viagra 100mg
        pastillas para adelgazar
        ibuprofeno 800mg
        Cytotec misoprostol
        ozempic pen
        esteroides anabólicos
        testosterone injection
        prescription drugs
        medicamentos para la presión
        """),
    "alcohol": _lines("""
        botella de whisky 12 años
        vino tinto reserva
        cerveza artesanal six pack
        vodka Grey Goose
        ron añejo Zacapa
        bottle of wine
        tequila Don Julio
        bourbon
        """),
    "tobacco": _lines("""
        cigarrillos Marlboro
        puros habanos
        vape desechable 5000 puffs
        cigarro electrónico
        e-liquid 50mg nicotine
        JUUL pods mint
        pipe tobacco
        hookah tobacco al fakher
        """),
    "batteries": _lines("""
        baterias de litio 18650
        power bank 20000mah
        lithium battery pack
        pilas de litio sueltas
        bateria LiPo 3s para dron
        car battery 12v lead acid
        """),
    "flammables": _lines("""
        gasolina 1 galón
        thinner y acetona
        pintura en aerosol negra
        spray paint cans
        encendedores bic
        lighter fluid
        gas butano recarga
        propane cylinder
        queroseno
        """),
    "chemicals": _lines("""
        ácido sulfúrico
        soda caustica
        mercurio liquido
        cianuro de potasio
        hydrochloric acid
        nitrato de amonio
        hydrogen peroxide 35%
        """),
    "radio": _lines("""
        bloqueador de señal celular
        signal jammer wifi gps
        walkie talkies Motorola
        radio Baofeng UV-5R
        amplificador de señal celular
        ham radio transceiver
        transmisor FM 50w
        """),
    "drones": _lines("""
        drone DJI mini 3
        dron con camara 4k
        quadcopter
        """),
    "counterfeit": _lines("""
        réplica Rolex submariner
        tenis Nike imitación
        bolsos réplica AAA louis vuitton
        fake designer bag
        counterfeit watches
        """),
    "money": _lines("""
        dinero en efectivo
        billetes de dolares
        cash 500 usd
        lingote de oro
        gold bullion bar
        diamantes sueltos
        cheques y tarjetas de credito
        joyas de oro 18k
        """),
    "remains": _lines("""
        cenizas humanas
        restos humanos
        human skull real
        cremated remains urn
        muestras de sangre
        """),
    "pornography": _lines("""
        revistas pornográficas
        películas porno
        porn dvd
        """),
    "used_goods": _lines("""
        llantas usadas rin 15
        used tires
        ropa usada en pacas
        bale of used clothing
        """),
    "gambling": _lines("""
        máquina tragamonedas
        slot machine
        billetes de lotería
        """),
    "pesticides": _lines("""
        insecticida para cucarachas
        veneno para ratas
        herbicida glifosato
        Roundup weed killer
        rat poison
        """),
    "blades": _lines("""
        navaja automática
        cuchillo de combate
        switchblade knife
        katana samurai
        brass knuckles
        manoplas nudilleras
        puñal
        """),
    "defence": _lines("""
        taser
        pistola eléctrica
        gas pimienta
        pepper spray keychain
        stun gun
        esposas policiales
        bastón retráctil táctico
        """),
    "armour": _lines("""
        chaleco antibalas nivel IIIA
        bulletproof vest
        body armor plates
        uniforme militar camuflado
        military uniform
        placa de policia
        """),
    "medical_devices": _lines("""
        jeringas con aguja
        syringes 5ml
        lentes de contacto de color
        ultrasound machine portable
        equipo de rayos x dental
        """),
    "lasers": _lines("""
        puntero láser verde 5000mw
        green laser pointer
        """),
    "waste": _lines("""
        chatarra electrónica
        electronic waste circuit boards
        gas refrigerante R22
        refrigerant R-134a can
        """),
    "heritage": _lines("""
        pieza arqueológica maya
        pre-columbian artifact
        marfil tallado
        ivory statue
        piel de cocodrilo
        peineta de carey
        coral negro
        tiger skin rug
        """),
    "documents": _lines("""
        pasaportes
        licencia de conducir falsa
        fake ID card
        """),
}

HARMLESS = _lines("""
    tenis nike air max talla 9
    zapatos de vestir hombre
    zapatillas adidas mujer
    sandalias crocs
    botas de cuero
    running shoes women
    botas vaqueras
    high heels size 7
    camisetas de algodón
    camisa manga larga
    blusa de seda
    vestido de novia
    jeans levis 501
    pantalones cargo
    pantalón deportivo
    shorts de playa
    leggings yoga
    chaqueta de cuero
    winter jacket
    suéter de lana
    hoodie gris
    ropa interior calvin klein
    calcetines
    socks pack of 12
    pijama para niña
    traje de baño
    bikini
    corbata de seda
    cinturón de cuero
    gorra new era
    sombrero de paja
    bufanda
    guantes de invierno
    disfraz de halloween
    disfraz de policía para niño
    uniforme escolar
    uniforme de enfermera
    scrubs medical uniform
    chaleco reflectivo
    chaleco salvavidas
    bolso de mano
    cartera michael kors
    mochila escolar
    backpack north face
    maleta de viaje
    luggage set
    billetera de cuero
    wallet for men
    lentes de sol ray ban
    sunglasses polarized
    marcos de lentes
    reloj casio
    apple watch series 9
    smartwatch garmin
    correa para reloj
    collar de acero inoxidable
    aretes de plata 925
    pulsera de bisutería
    anillo de acero
    costume jewelry set
    perfume chanel 100ml
    colonia para hombre
    body mist victoria secret
    lápiz labial
    maquillaje
    mascara de pestañas
    rubor mac
    eyeshadow palette
    esmalte de uñas
    nail polish set
    gel nail kit uv lamp
    uñas acrílicas
    pestañas postizas
    crema facial
    protector solar
    sunscreen spf 50
    shampoo y acondicionador
    jabón de baño
    pasta dental
    cepillo de dientes eléctrico
    electric toothbrush heads
    hilo dental
    secadora de pelo
    plancha para cabello
    rizadora
    peluca de cabello natural
    extensiones de cabello
    cortadora de pelo wahl
    rasuradora eléctrica
    razor blades gillette
    navajas de afeitar
    cuchillas de afeitar
    cera depilatoria
    brochas de maquillaje
    espejo con luz led
    iphone 15 pro max
    samsung galaxy s24
    teléfono celular xiaomi
    celular usado iphone 11
    funda para celular
    phone case
    protector de pantalla
    cargador usb c
    cargador inalámbrico
    cable hdmi
    usb cable lightning
    audífonos bluetooth
    airpods pro
    headphones sony
    bocina jbl
    soundbar samsung
    parlantes para computadora
    micrófono para podcast
    tripode para celular
    selfie stick
    aro de luz
    cámara canon eos
    lente para cámara nikon
    camera bag
    gopro hero 12
    memoria usb 64gb
    micro sd card 128gb
    disco duro externo
    ssd nvme 1tb
    memoria ram ddr5
    tarjeta de video rtx 4070
    graphics card
    procesador intel core i7
    tarjeta madre asus
    motherboard
    fuente de poder 750w
    gabinete gamer
    laptop dell xps
    computadora portátil hp
    macbook air m2
    batería para laptop hp
    tablet samsung
    ipad 10th generation
    kindle paperwhite
    monitor 27 pulgadas
    teclado mecánico
    mouse inalámbrico
    mousepad
    webcam logitech
    impresora epson
    tinta para impresora
    cartuchos de tinta hp 63
    ink cartridges canon
    toner brother
    router tp-link
    repetidor wifi
    wifi extender
    switch de red 8 puertos
    cable de red cat6
    consola ps5
    control xbox
    nintendo switch oled
    juego de ps4 god of war
    video game call of duty modern warfare
    gift wrap paper
    videojuego zelda
    silla gamer
    televisor 55 pulgadas
    control remoto para tv
    roku express
    chromecast
    antena de tv
    soporte para tv
    foco led inteligente
    smart plug
    alexa echo dot
    cámara de seguridad wifi
    timbre con cámara ring
    baby monitor
    sensor de movimiento
    cerradura inteligente
    aspiradora robot
    vacuum cleaner filter
    licuadora oster
    batidora kitchenaid
    air fryer
    freidora de aire
    cafetera nespresso
    tostadora
    microondas
    olla de presión
    instant pot
    sartenes antiadherentes
    juego de ollas
    cuchillos de cocina
    chef knife set
    cuchillo para pan
    butter knife
    cortador de pizza
    cubiertos de acero
    cucharas de madera
    platos de cerámica
    tazas de café
    vasos de vidrio
    copas de vino
    wine glasses
    wine opener
    abridor de botellas
    destapador de vino
    hielera
    termo stanley
    botella de agua
    lonchera
    tupperware
    báscula de cocina
    molde para pastel
    cortadores de galletas
    máquina de hacer palomitas
    exprimidor
    rallador de queso
    cheese grater
    tabla de picar
    meat tenderizer
    molino de carne
    meat grinder
    coffee grinder
    molinillo de pimienta
    pepper mill
    egg timer
    porta huevos
    fruit bowl
    sábanas queen
    almohadas
    colcha matrimonial
    cortinas
    toallas de baño
    alfombra
    lámpara de mesa
    ventilador de torre
    aire acondicionado inverter
    purificador de aire
    humidificador
    difusor de aromas
    velas aromáticas
    scented candles
    candelabro
    portaretratos
    reloj de pared
    espejo decorativo
    florero de vidrio
    flores artificiales
    artificial plants
    planta artificial decorativa
    árbol de navidad
    luces navideñas
    christmas lights
    adornos de navidad
    globos de cumpleaños
    party supplies
    piñata
    silla de oficina
    escritorio
    estante para libros
    zapatera
    organizador de closet
    perchas
    tendedero
    trapeador
    escoba
    bolsas de basura
    detergente líquido
    esponjas
    guantes de látex
    mascarillas kn95
    termómetro digital
    báscula de baño
    muletas
    rodillera deportiva
    faja moldeadora
    faja postparto
    colchón inflable
    cuna para bebé
    coche para bebé
    stroller
    car seat graco
    silla de carro para bebé
    pañales huggies
    toallitas húmedas
    baby bottles
    biberones avent
    chupón
    extractor de leche
    breast pump
    ropa de bebé
    baby clothes 6 months
    juguetes para bebé
    sonajero
    peluche de oso
    teddy bear
    muñeca barbie
    lego star wars
    carro de juguete
    hot wheels
    rompecabezas 1000 piezas
    puzzle
    juego de mesa monopoly
    uno cards
    cartas pokemon
    pokemon cards booster box
    naipes
    ajedrez de madera
    plastilina
    slime kit
    nerf blaster
    pistola de agua
    water gun toy
    toy grenade
    pistola de juguete
    pistola de burbujas
    bubble gun
    espada de juguete
    lightsaber toy
    sable de luz star wars
    patines
    patineta
    skateboard
    bicicleta
    casco para bicicleta
    bike lights
    llanta para bicicleta
    monopatín
    pelota de fútbol
    balón de baloncesto
    guantes de boxeo
    saco de boxeo
    pesas ajustables
    dumbbells
    bandas de resistencia
    yoga mat
    cuerda para saltar
    raqueta de tenis
    pelotas de tenis
    palos de golf
    golf balls
    guante de béisbol
    bate de béisbol
    caña de pescar
    fishing reel
    anzuelos
    carrete de pesca
    carpa para acampar
    tienda de campaña
    sleeping bag
    linterna led
    headlamp
    brújula
    binoculares
    telescopio
    rifle scope lens cleaner cloth
    hamaca
    silla plegable
    parrilla
    guitarra eléctrica
    guitar strings
    piano digital
    teclado yamaha
    violín
    batería musical
    drum sticks
    baquetas
    ukulele
    saxofón
    trompeta
    micrófono shure
    tambor
    harmónica
    libro de cocina
    novela gabriel garcía márquez
    bible
    biblia reina valera
    bullet journal
    cuaderno
    notebook lined
    agenda 2025
    lapiceros
    lápices de colores
    marcadores sharpie
    acuarelas
    pinceles
    lienzo para pintar
    pintura acrílica
    tijeras
    pegamento
    glue sticks
    pistola de silicón
    pistola de silicona caliente
    hot glue gun
    grapadora
    staple gun
    pistola de grapas
    nail gun
    pistola de clavos
    pistola de calor
    heat gun
    pistola para pintar
    paint spray gun airless
    pistola de masaje
    massage gun
    pistola de impacto
    cautín
    soldering gun
    taladro dewalt
    drill bits
    sierra circular
    destornilladores
    juego de llaves
    llave inglesa
    martillo
    alicate
    cinta métrica
    caja de herramientas
    nivel láser
    impresora láser hp
    laser printer
    depiladora láser
    machete movie poster
    multímetro
    extensión eléctrica
    toma corriente
    breaker 20 amp
    pilas aa duracell
    cargador de pilas
    candado
    cerradura
    bisagras
    tornillos
    tubería pvc
    grifo de cocina
    regadera
    inodoro
    filtro de agua
    bomba de agua
    water pump
    manguera
    podadora
    motosierra stihl
    tijeras de podar
    garden hose
    macetas de barro
    regadera de jardín
    carretilla
    filtro de aceite
    oil filter toyota
    pastillas de freno
    brake pads
    amortiguadores
    bujías ngk
    radiador
    alternador
    faro delantero
    retrovisor
    parabrisas
    bumper delantero
    llantas nuevas
    rin 17
    tapicería de carro
    alfombras para carro
    bullet camera hikvision
    cámara tipo bala
    radio para carro pioneer
    car stereo
    gps para carro
    soporte celular para carro
    transmisor bluetooth para carro
    cubre volante
    casco para moto
    guantes de moto
    cadena de moto
    carburador
    espejo para moto
    kit de arrastre
    collar para perro
    dog leash
    cama para gato
    arena para gato
    rascador para gato
    juguete para perro
    pecera de vidrio
    fish tank filter
    jaula para hámster
    bird cage
    plato para perro
    transportadora de mascotas
    camara para bebe
    vestido de fiesta
    bata de baño
    delantal de cocina
    uniforme de fútbol
    camiseta del barcelona
    jersey nba
    zapatos de fútbol
    medias deportivas
    gimnasia leotardo
    tutu de ballet
    zapatillas de ballet
    camisa de cuadros
    camisa camuflada de moda
    pantalón camuflado niño
    bomber jacket
    combat boots fashion
    military style jacket
    bullet necklace pendant
    gold plated earrings
    aretes chapados en oro
    anillo de fantasía
    reloj dorado
    iphone gold 128gb
    vape shirt print
    cigar box guitar
    caja para puros vacía
    cenicero de vidrio
    wine rack
    portavasos cerveza
    beer mug
    jarra de cerveza
    camiseta cerveza corona
    whiskey glasses
    vodka sauce recipe book
    libro historia del ron
    rum cake mold
    agua mineral
    café molido
    té de manzanilla
    galletas oreo
    chocolates ferrero
    candy assorted
    gomitas de ositos
    cereal
    avena quaker
    salsa de tomate ketchup
    pasta barilla
    arroz
    aceite de oliva
    leche corporal nivea
    crema de manos
    mantequilla de cacao labial
    pastillero semanal
    pill organizer
    botiquín vacío
    vendas elásticas
    curitas
    plantillas ortopédicas
    corrector de postura
    silla de ruedas
    bastón para caminar
    drone racing t-shirt
    jabón de carbón activado
    bomba de baño
    bath bombs
    bombillos led
    bomba para inflar
    granada fruta sabor té
    globo terráqueo
    mapa del mundo
    telaraña decorativa
    calavera de plástico decoración
    skull decoration plastic
    esqueleto halloween
    sangre falsa disfraz
    vampire teeth
    varita mágica
    capa de mago
    fake eyelashes
    fake nails
    planta falsa
    cactus de peluche
    fiesta de cactus decoración
    tela de algodón
    hilo de coser
    máquina de coser
    agujas de coser
    knitting needles
    botones
    cremalleras
    encaje
    lana para tejer
    cinta de regalo
    bolsas de regalo
    etiquetas adhesivas
    cajas de cartón
    cinta adhesiva
    papel fotográfico
    sobres manila
    sellos de goma
    repuestos para lavadora
    correa de distribución
    termostato refrigeradora
    ice maker
    dispensador de agua
    panel solar 100w
    controlador de carga
    inversor 1000w
    cable eléctrico
    arduino uno
    raspberry pi 5
    sensor ultrasónico
    kit de electrónica
    protoboard
    impresora 3d ender
    filamento pla
    resina epóxica
    mesa plegable
    puerta para mascotas
    cuadro decorativo
    vinilo de pared
    hookah pendant necklace
    shot glasses
    shooting star lamp
    gun cabinet key blank
    tattoo ink set
    máquina para tatuar
    lupa
    calculadora casio
    globo aerostático juguete
    tractor de juguete
    dinosaurio de plástico
    tortuga ninja figura
    tiger print dress
    crocodile clips
    leopard print scarf
    ivory dress
    vestido color marfil
    ivory white curtains
    coral lipstick
    """)

# Written after the rules, which were not changed for them: how the rules do with goods they do not
# know. The tests keep to what they reached.
HELD_OUT_NAMED = _lines("""
    revolver Smith and Wesson
    cañón para rifle Remington
    escopeta Mossberg 500
    pistola calibre 40 con dos cargadores
    air rifle .177
    arco y ballesta profesional
    caja de 50 balas 380
    12 gauge shotgun shells buckshot
    pólvora para fuegos
    petardos chinos
    bengalas para fiesta
    marijuana edibles
    cigarrillos de cannabis
    aceite de CBD para perros
    cocaine test sample
    pastillas de fentanilo
    loro vivo en jaula
    live crickets for reptiles
    semillas de chile habanero
    orquídea phalaenopsis viva
    abono y tierra negra
    jamón ibérico de bellota
    chorizo español
    queso manchego curado
    beef steaks frozen 10 lb
    miel orgánica
    azitromicina 500mg caja
    medicina para la diabetes
    alprazolam 2 mg
    semaglutide vial
    sildenafil genérico
    botella de ron Bacardi
    whisky Buchanan's 18
    case of wine
    vapeador recargable
    cigarros Cohiba
    nicotine pouches
    pila de litio para laptop suelta
    banco de carga 30000 mah
    alcohol isopropílico 99%
    tanque de propano 5 lb
    ácido nítrico
    mercurio metálico
    radio Motorola de dos vías
    GPS jammer for car
    DJI Avata 2 combo
    relojes Rolex réplica
    Gucci bag fake
    billetes de cien dólares
    collar de oro 14k
    cenizas de cremación
    muestra de orina para laboratorio
    llantas usadas para camión
    slot machine vintage
    spray pimienta llavero
    navaja mariposa
    chaleco balístico
    lentes de contacto verdes
    puntero láser azul
    colmillo de marfil
""")

HELD_OUT_HARMLESS = _lines("""
    zapatos deportivos talla 9
    blusa de algodón bordada
    pantalón de mezclilla
    cable HDMI de 2 metros
    funda para iPhone 15
    audífonos inalámbricos
    laptop Lenovo 14 pulgadas
    teclado mecánico
    mouse gamer
    monitor de 27 pulgadas
    cámara web
    trípode para celular
    lámpara de escritorio LED
    bombillas inteligentes
    licuadora de 6 velocidades
    freidora de aire
    sartén antiadherente
    juego de ollas
    cuchillos de cocina con bloque
    tabla para picar de bambú
    vasos de vidrio
    botella de agua térmica
    termo Stanley
    mochila escolar
    maleta de cabina
    cartera de cuero para mujer
    reloj Casio digital
    anillo de plata
    aretes de fantasía
    lentes de sol polarizados
    gorra de béisbol
    guantes de boxeo
    pelota de fútbol
    bicicleta para niño
    casco de ciclista
    repuestos para motocicleta
    filtro de aceite Toyota
    pastillas de freno delanteras
    bujías iridium
    amortiguador trasero
    espejo retrovisor
    llanta nueva para bicicleta
    cadena para bicicleta
    juego de destornilladores
    taladro inalámbrico
    cinta métrica
    llave inglesa
    brochas y rodillos
    lijas surtidas
    manguera de jardín
    tijeras de podar
    maceta de cerámica
    flores artificiales de seda
    vela aromática de vainilla
    difusor de aceites
    shampoo de keratina
    crema hidratante facial
    labial mate rojo
    base de maquillaje
    esmalte de uñas
    secadora de cabello
    plancha alisadora
    rasuradora eléctrica
    cepillo de dientes eléctrico
    pañales talla 4
    biberón de 8 onzas
    cochecito de bebé
    silla de carro para bebé
    rompecabezas de mil piezas
    muñeca de trapo
    carrito de control remoto
    lego ciudad bomberos
    juego de mesa
    cartas de pokemon
    libro de cocina
    novela histórica
    cuaderno de dibujo
    acuarelas profesionales
    guitarra acústica
    cuerdas de violín
    micrófono de condensador
    tableta gráfica
    disco duro externo 2 TB
    memoria USB 128 GB
    tarjeta gráfica RTX
    fuente de poder 650W
    router wifi 6
    cámara de seguridad para exterior
    timbre inteligente
    aspiradora robot
    cafetera de cápsulas
    molinillo de café
    avena instantánea
    proteína de suero vainilla
    vitamina C masticable
    collar para perro
    cama para gato
    arenero cerrado
    juguete para gato con plumas
    correa retráctil
    sábanas de microfibra
    almohada ortopédica
    cortinas opacas
    alfombra de baño
    estantería de madera
    silla de oficina
    colchón inflable
    tienda de campaña
    saco de dormir
    linterna frontal
    caña de pescar
    anzuelos surtidos
    traje de baño
    aletas de natación
    esterilla de yoga
    mancuernas de 10 lb
    banda elástica
    disfraz de princesa
    globos de cumpleaños
    árbol de navidad
""")
